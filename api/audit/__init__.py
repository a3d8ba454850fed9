"""The audit trail: who did what, written in the transaction of what it records."""
