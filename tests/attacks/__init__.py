"""What strangers send to stop a server, or to get out of it what isn't theirs, and what comes of it."""
