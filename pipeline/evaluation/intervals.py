"""Intervals of shares."""

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Share = TypeVar("Share", float, "NDArray[np.float64]")

Z95 = 1.959963984540054


def wilson_interval(n_bad: int, n: int) -> tuple[float, float] | tuple[None, None]:
    """The 95% score interval of a share (Wilson 1927).

    Parameters
    ----------
    n_bad, n : int
        Cases counted, of all cases.

    Returns
    -------
    (low, high) : floats between 0 and 1; null where there is no case.
    """
    if not n:
        return None, None
    low, high = _ends(n_bad / n, float(n))
    return (0.0 if n_bad == 0 else max(0.0, low)), (1.0 if n_bad == n else min(1.0, high))


def wilson_intervals(cases: "NDArray[np.int64]", of: "NDArray[np.int64]") -> tuple["NDArray[np.float64]", "NDArray[np.float64]"]:
    """The same of many shares, none of them of no case: lower ends and upper ends."""
    import numpy as np  # the pages want one share at a time, and start without it

    low, high = _ends(cases / of, of.astype(np.float64))
    return np.where(cases == 0, 0.0, np.maximum(0, low)), np.where(cases == of, 1.0, np.minimum(1, high))


def _ends(share: Share, n: Share) -> tuple[Share, Share]:
    z2 = Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z95 / (1 + z2 / n) * (share * (1 - share) / n + z2 / (4 * n * n)) ** 0.5
    return middle - reach, middle + reach
