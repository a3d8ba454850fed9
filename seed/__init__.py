"""A synthetic clinic whose truth is known. Read `clinic.py` first."""
