"""A therapist's own pages: requests, availability, profile, and what clients share."""
