"""Weights that the clinic's own ratings suggest."""
