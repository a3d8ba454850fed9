"""Fit ratings over the sessions of a pairing: given, shared, watched, and which are due."""
