"""Score tables and curves small enough to be worked out by hand."""

from pipeline.evaluation_results import Confusion, GainsBand, PrecisionRecallCurve, ScoreTable

# Goods score 0.1, 0.1, 0.2, 0.4; bads 0.2, 0.4, 0.4, 0.8. Cut-offs: multiples of 0.005, as runs have them.
GOODS, BADS = (0.1, 0.1, 0.2, 0.4), (0.2, 0.4, 0.4, 0.8)
CUTOFFS = tuple(i / 200 for i in range(201))


def table_of(goods: tuple[float, ...] = GOODS, bads: tuple[float, ...] = BADS) -> ScoreTable:
    return ScoreTable(
        CUTOFFS,
        tuple(sum(score >= cutoff for score in bads) for cutoff in CUTOFFS),
        tuple(sum(score >= cutoff for score in goods) for cutoff in CUTOFFS),
    )


TABLE = table_of()
# At 0.3: of the goods one is refused, of the bads three.
COUNTS = Confusion(tn=3, fp=1, fn=1, tp=3)
# Down from 0.8: 1 of 1, 3 of 4, 4 of 6, 4 of 8 refused are bad; average precision 1/4 · 1 + 2/4 · 3/4 + 1/4 · 4/6.
PRECISION_RECALL = PrecisionRecallCurve(
    recall=(0.25, 0.75, 1.0, 1.0), precision=(1.0, 0.75, 4 / 6, 0.5), cutoffs=(0.8, 0.4, 0.2, 0.1),
    average_precision=0.25 + 0.375 + 1 / 6, low=0.5, high=0.95,
)  # fmt: skip
GAINS = (
    GainsBand(n_rows=4, n_bad=3, highest=0.8, lowest=0.4, cumulative_rows=4, cumulative_bad=3),
    GainsBand(n_rows=2, n_bad=1, highest=0.2, lowest=0.2, cumulative_rows=6, cumulative_bad=4),
    GainsBand(n_rows=2, n_bad=0, highest=0.1, lowest=0.1, cumulative_rows=8, cumulative_bad=4),
)
