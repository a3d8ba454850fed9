"""A client's own pages: whom they may choose, how it goes, and another choice."""
