"""What each field of a run does to its probabilities."""
