"""Rows in about as many bands as are wanted, by score: tenths of the rows, where rows of one score stay together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.metrics import Ranking
from pipeline.frame import Floats

BANDS = 10


@dataclass(frozen=True)
class TiedBands:
    """Bands in ascending order of the score; none is empty.

    Attributes
    ----------
    of : ndarray of int, shape (n distinct scores,)
        The band of each distinct score of the ranking.
    n, bad : ndarray of int, shape (n bands,)
        Rows, and those of them that are bad.
    expected : ndarray of float, shape (n bands,)
        Sum of the rows' scores: the bads to expect, where scores are probabilities.
    lowest, highest : ndarray of float, shape (n bands,)
        Scores at the ends.
    """

    of: NDArray[np.intp]
    n: NDArray[np.int64]
    bad: NDArray[np.int64]
    expected: Floats
    lowest: Floats
    highest: Floats

    @property
    def mean(self) -> Floats:
        """Mean score of each band."""
        return self.expected / self.n


def tied_bands(ranking: Ranking, most: int = BANDS) -> TiedBands:
    """The rows of a ranking in at most `most` bands of about as many rows each.

    Parameters
    ----------
    ranking : Ranking
        Of one row at least.
    most : int

    Returns
    -------
    TiedBands
        Rows of one score are in the band of the middle of their ranks, so that there may be fewer than `most`.
    """
    n = ranking.bad + ranking.good
    middle = np.cumsum(n) - 0.5 * n
    band = np.minimum((middle / n.sum() * most).astype(np.intp), most - 1)
    new = np.concatenate([[True], band[1:] != band[:-1]])
    first = np.flatnonzero(new)
    return TiedBands(
        of=np.cumsum(new) - 1,
        n=np.add.reduceat(n, first),
        bad=np.add.reduceat(ranking.bad, first),
        expected=np.add.reduceat(n * ranking.scores, first),
        lowest=ranking.scores[first],
        highest=ranking.scores[np.append(first[1:], len(n)) - 1],
    )
