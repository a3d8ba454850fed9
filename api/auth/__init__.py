"""Who is calling, for which clinic, and what their role may do."""
