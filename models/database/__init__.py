"""Where rows live: opening a database, the backends of SQLite and PostgreSQL, and one error where one can't serve."""
