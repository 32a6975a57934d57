"""Decisions at a cut-off: which rows it is chosen and judged on, rules that find one, what it is worth, points."""
