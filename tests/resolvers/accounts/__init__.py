"""Of accounts."""
