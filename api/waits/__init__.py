"""The waiting list: who waits for what, in which order, and who is offered a place that appears."""
