"""Ways to rank therapists by past ratings, behind one interface: fit a dataset, get a scorer."""
