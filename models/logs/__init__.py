"""What is written down as it happens: the log of changes, and the audit."""
