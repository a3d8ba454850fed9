"""What every route shares: errors, limits, request ids, pages and idempotent replies."""
