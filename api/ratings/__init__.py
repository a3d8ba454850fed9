"""Fit ratings: what clients said of their sessions, imported from the time before the service."""
