"""From a request to a stored answer: what matches, alternatives and offers to who waits share."""
