"""PostgreSQL: its connections and transactions, its errors, and what is used of asyncpg."""
