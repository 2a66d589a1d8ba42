"""Search: what is indexed, how a text is understood, and what it finds."""
