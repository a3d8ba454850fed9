"""Versions of what counts in a clinic's ranking."""
