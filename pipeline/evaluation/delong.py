"""The structural components of an AUC, out of which DeLong, DeLong and Clarke-Pearson (1988) make its variance."""

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats

NO_VARIANCE = 1e-24  # zero, but for rounding


def components(bad: NDArray[np.bool_], scores: Floats) -> Floats:
    """For each bad the share of goods below it, for each good the share of bads above it; ties count half.

    Parameters
    ----------
    bad : ndarray of bool, shape (n,)
        Some, and not all.
    scores : ndarray of float, shape (n,)
        Higher is worse.

    Returns
    -------
    ndarray of float, shape (n,)
        In the order of the rows. The mean over the bads, and that over the goods, is the AUC.
    """
    order = np.argsort(scores)  # the order within ties does not matter
    ordered, is_bad = scores[order], bad[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    starts, group = np.flatnonzero(first), np.cumsum(first) - 1
    shares = np.empty(len(scores))
    for side, other, above in ((is_bad, ~is_bad, False), (~is_bad, is_bad, True)):
        tied = np.add.reduceat(other.astype(np.float64), starts)
        below = (np.cumsum(tied) - tied / 2) / tied.sum()
        shares[order[side]] = (1 - below if above else below)[group[side]]
    return shares
