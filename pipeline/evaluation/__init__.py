"""What a model is worth on some rows: metrics, intervals, curves, calibration, and the tables that cut-offs are looked up in."""
