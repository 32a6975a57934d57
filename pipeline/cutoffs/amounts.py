"""Amounts of the applicants, summed up at every cut-off, so that profit at a cut-off is a look-up as the counts are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from pipeline.errors import UnusableData
from pipeline.evaluation_results import ScoreTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.frame import Floats


@dataclass(frozen=True)
class AmountSums:
    """Sums of an amount, and of its square, over the bads and the goods whose score is at or above each cut-off.

    `n_rows` rows have an amount, `n_missing` have none and are in none of the sums.
    """

    cutoffs: tuple[float, ...]
    bad: tuple[float, ...]
    good: tuple[float, ...]
    bad_squares: tuple[float, ...]
    good_squares: tuple[float, ...]
    n_rows: int
    n_missing: int = 0

    @classmethod
    def of_counts(cls, table: ScoreTable) -> Self:
        """The sums where every applicant counts the same: 1."""
        bad, good = tuple(map(float, table.bad_at_or_above)), tuple(map(float, table.good_at_or_above))
        return cls(table.cutoffs, bad, good, bad, good, table.bad_at_or_above[0] + table.good_at_or_above[0])

    @classmethod
    def of(cls, is_bad: "NDArray[np.bool_]", score: "Floats", amount: "Floats", cutoffs: Sequence[float]) -> Self:
        """The sums over rows.

        Parameters
        ----------
        is_bad, score, amount : ndarrays, shape (n,)
            A missing amount is NaN.
        cutoffs : ascending, the first of them 0

        Raises
        ------
        UnusableData
            Where an amount is below 0 or infinite, or none is there.
        """
        import numpy as np

        known = ~np.isnan(amount)
        if not known.any():
            raise UnusableData("The column has no amount for any of these rows.", fix="Choose another column, or none.")
        n_wrong = int((~np.isfinite(amount[known]) | (amount[known] < 0)).sum())
        if n_wrong:
            raise UnusableData(
                f"{n_wrong:,} amounts of the column are below 0 or infinite.", fix="Choose a column of amounts, or none."
            )
        is_bad, score, amount = is_bad[known], score[known], amount[known]
        n = len(cutoffs)
        cell = np.searchsorted(np.asarray(cutoffs), score, side="right") - 1 + n * is_bad  # the bads' cells behind the goods'

        def above(weights: "Floats") -> list[tuple[float, ...]]:
            cells = np.bincount(cell, weights, 2 * n)
            return [tuple(map(float, np.cumsum(side[::-1])[::-1])) for side in (cells[:n], cells[n:])]

        (good, bad), (good_squares, bad_squares) = above(amount), above(amount**2)
        return cls(
            cutoffs=tuple(cutoffs),
            bad=bad,
            good=good,
            bad_squares=bad_squares,
            good_squares=good_squares,
            n_rows=len(amount),
            n_missing=int((~known).sum()),
        )

    def at(self, cutoffs: Sequence[float]) -> Self:
        """The same at some of the cut-offs."""
        places = {cutoff: i for i, cutoff in enumerate(self.cutoffs)}
        kept = [places[cutoff] for cutoff in cutoffs]

        def picked(values: tuple[float, ...]) -> tuple[float, ...]:
            return tuple(values[i] for i in kept)

        return replace(
            self,
            cutoffs=tuple(cutoffs),
            bad=picked(self.bad),
            good=picked(self.good),
            bad_squares=picked(self.bad_squares),
            good_squares=picked(self.good_squares),
        )
