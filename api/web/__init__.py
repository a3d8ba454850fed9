"""Pages for the people it is for: rendered on the server, without a script from elsewhere."""
