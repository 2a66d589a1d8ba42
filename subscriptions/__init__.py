"""What just changed and who is told: changes, outbox, relay, stream, hub."""
