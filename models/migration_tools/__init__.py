"""What migrations are made of, and what writes the next one: `make migration NAME=...`."""
