"""Of members."""
