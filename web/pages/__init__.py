"""Pages for people, self-contained: nothing in them is loaded from elsewhere."""
