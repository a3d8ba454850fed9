"""Learning from fit ratings: from what clients said to what to expect of a pair."""
