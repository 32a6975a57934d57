"""The order in which columns of an association stand: like next to like."""

import numpy as np
from numpy.typing import NDArray


def cluster_order(matrix: NDArray[np.float64]) -> tuple[int, ...]:
    """The leaves of an average-linkage clustering (UPGMA) of 1 - |value|, left to right.

    Parameters
    ----------
    matrix : ndarray, shape (p, p)
        Symmetric, values from -1 to 1; NaN counts as 0.

    Returns
    -------
    tuple of int
        Each position once. Where two groups join, the ends that are most alike meet.
    """
    distance = 1 - np.abs(np.nan_to_num(matrix))
    groups, _ = average_linkage(distance)
    return tuple(groups)


def average_linkage(distance: NDArray[np.float64]) -> tuple[list[int], list[float]]:
    """Joins the two closest groups until one is left; the distance of two groups is the mean over their pairs.

    Returns
    -------
    leaves : list of int
        In the order of the tree.
    heights : list of float, length p - 1
        The distance at which each join was made.
    """
    between = distance.astype(float)
    np.fill_diagonal(between, np.inf)
    leaves = [[place] for place in range(len(distance))]
    sizes = np.ones(len(distance))
    heights = []
    for _ in range(len(distance) - 1):
        first, second = sorted(divmod(int(np.argmin(between)), len(between)))
        heights.append(float(between[first, second]))
        leaves[first] = _joined(leaves[first], leaves[second], distance)
        total = sizes[first] + sizes[second]
        mean = (sizes[first] * between[first] + sizes[second] * between[second]) / total
        between[first], between[:, first] = mean, mean
        between[first, first] = np.inf
        between[second], between[:, second] = np.inf, np.inf
        sizes[first] = total
    return (leaves[0] if leaves else []), heights


def _joined(first: list[int], second: list[int], distance: NDArray[np.float64]) -> list[int]:
    options = [(a, b) for a in (first, first[::-1]) for b in (second, second[::-1])]
    a, b = min(options, key=lambda pair: distance[pair[0][-1], pair[1][0]])
    return a + b
