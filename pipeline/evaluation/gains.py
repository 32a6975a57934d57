"""Gains and lift: how many of the bads are among the worst tenth of the rows, the worst two tenths, and so on."""

from pipeline.evaluation.metrics import Ranking
from pipeline.evaluation.tied_bands import tied_bands
from pipeline.evaluation_results import GainsBand


def gains_bands(ranking: Ranking) -> tuple[GainsBand, ...]:
    """The rows in tenths by score, the worst first.

    Parameters
    ----------
    ranking : Ranking

    Returns
    -------
    tuple of GainsBand
        At most 10, since rows of one score stay together; none without rows. The share of bads caught down to a band is
        `cumulative_bad` / n bad, and its lift that share over the share of rows, `cumulative_rows` / n.
    """
    if not len(ranking.scores):
        return ()
    bands = tied_bands(ranking)
    found: list[GainsBand] = []
    rows = bad = 0
    for k in range(len(bands.n) - 1, -1, -1):
        rows, bad = rows + int(bands.n[k]), bad + int(bands.bad[k])
        found.append(
            GainsBand(int(bands.n[k]), int(bands.bad[k]), float(bands.highest[k]), float(bands.lowest[k]), rows, bad),
        )
    return tuple(found)
