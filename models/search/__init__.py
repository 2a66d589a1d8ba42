"""The search index: how a text becomes terms, the tables, and the conditions and scores of a search."""
