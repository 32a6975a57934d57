"""Scores row by row: those of a run, of newer rows, from elsewhere; two runs on the same rows; probabilities moved anew."""
