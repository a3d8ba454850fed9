"""The database's history, forward only. `api.db.migrate` runs it; docs/operations.md tells how."""
