"""A clinic's therapists: what a row says, how it is stored, how files of them are read."""
