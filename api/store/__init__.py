"""What several features read of a clinic: its roster, vocabulary, settings and weightings."""
