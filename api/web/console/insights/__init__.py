"""Insights as pages: a picture, a table, how to read them, and the table as a file."""
