"""How SQL runs: engines, transactions and their limits on SQLite and on PostgreSQL; it knows no table."""
