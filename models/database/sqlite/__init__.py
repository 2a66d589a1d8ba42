"""SQLite: Tortoise's client with its mends, what is read in the loop, and its errors."""
