"""Text as it is stored, and as it is compared."""
