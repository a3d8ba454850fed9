"""What a client may ask of what is kept about them: to see it, take it along, have it gone."""
