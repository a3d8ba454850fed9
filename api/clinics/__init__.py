"""A clinic's beginning, its settings and its vocabulary."""
