"""Another therapist for a client whose pairing does not fit: nothing is asked again."""
