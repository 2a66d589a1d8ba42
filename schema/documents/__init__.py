"""A document as it was sent: how large it may be, what it selects, and whether it asks for the schema itself."""
