"""Whether what lists cost stays the same when tables grow."""
