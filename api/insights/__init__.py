"""Insights: what a clinic's matches say about the clinic, in figures that tell of nobody alone."""
