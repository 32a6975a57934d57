"""Intervals of shares."""

import math

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
    share, z2 = n_bad / n, Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return (0.0 if n_bad == 0 else max(0.0, middle - reach)), (1.0 if n_bad == n else min(1.0, middle + reach))
