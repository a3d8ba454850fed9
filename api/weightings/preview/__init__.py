"""Previews: what a weighting would have changed in matches already answered."""
