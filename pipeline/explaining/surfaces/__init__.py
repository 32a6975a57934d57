"""The probability of a run over two of its fields: the surface, its lines and equation, its rows, and the two fields alone."""
