"""What a server process has besides requests: jobs, health, logs, mail, Valkey, the database, signals."""
