"""The audit trail for those who look into it: sealed by a duty, read, exported."""
