"""Tasks for staff: read, and resolved."""
