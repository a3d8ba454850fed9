"""Tables, engine and transactions, for SQLite and PostgreSQL alike."""
