"""What the API does: plain async functions, rows in, rows out."""
