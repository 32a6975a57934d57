"""How decisions fall on segments of the rows: counts at every cut-off, rates, fairness, and a search for the worst segments.

`counting` and `searching` read rows; `rating`, `fairness`, `estimates` and `deciding` work on their results with plain numbers,
so that a page that shows a stored table loads neither numpy nor rows.
"""
