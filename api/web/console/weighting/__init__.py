"""The clinic's weighting: versions, drafts, what a draft would change, and which one is active."""
