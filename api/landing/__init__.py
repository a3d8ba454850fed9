"""Files into tables: received, passed row by row through a gate, landed in short transactions."""
