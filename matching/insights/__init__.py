"""What a clinic's matches say about the clinic: who is seen, what is missing, who is served."""
