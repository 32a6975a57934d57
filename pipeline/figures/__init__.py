"""Results to figures: pure functions, one module per family, one template in two colourings."""
