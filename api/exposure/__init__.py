"""Keeps the exposure that matches are arranged by up to date."""
