"""The query compiler: from a projection to a statement, from its records to rows; keyset pages; slugs."""
