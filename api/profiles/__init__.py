"""A therapist as data: the row that comes in, its codes, and the document that is stored."""
