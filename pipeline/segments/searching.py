"""A search over all segments of one and two columns for those whose rate is worse than that of all other rows."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec, UnusableData
from pipeline.results import Report, no_report
from pipeline.scores.row_scores import RowScores
from pipeline.segment_results import FoundSegment, LowPair, WorstSegments
from pipeline.segments import estimates
from pipeline.segments.chance import holm
from pipeline.segments.levels import Levels, levels_of
from pipeline.segments.measures import MEASURES, Gaps, gaps
from pipeline.segments.tallying import Tallied, Tally
from pipeline.special_codes import SpecialCodes

LEAST_ROWS = 100
LEAST_OF_CLASS = 30
MOST_FOUND = 100
ALPHA = 0.05
N_LOWEST = 5


def worst_segments(
    scores: RowScores,
    columns: pa.Table,
    names: Sequence[str],
    *,
    part: str,
    cutoff: float,
    measure: str,
    least_rows: int = LEAST_ROWS,
    least_of_class: int = LEAST_OF_CLASS,
    is_probability: bool = True,
    bins: Mapping[str, Sequence[float]] | None = None,
    categorical: Collection[str] = (),
    special_codes: SpecialCodes = (),
    report: Report = no_report,
) -> WorstSegments:
    """Looks at every segment of one and of two columns and ranks those that are worse by more than chance.

    Parameters
    ----------
    scores, columns, part, is_probability, bins, categorical, special_codes :
        As for `pipeline.segments.counting.segment_table`.
    names : sequence of str
        Columns to look at, alone and in pairs.
    cutoff : float
        A row is refused when its score is at or above it.
    measure : str
        One of MEASURES: approval_rate (low is worse), false_positive_rate (goods refused), false_negative_rate (bads approved),
        bad_rate_of_approved (high is worse), calibration (bads observed less expected, of all rows; both ways are worse).
    least_rows, least_of_class : int
        Segments with fewer rows (approved ones for bad_rate_of_approved) are not looked at, nor with fewer goods or bads for a
        rate of goods or bads. A pair that holds the very rows of one of its levels is not looked at twice.
    report : callable, optional
        Called for each pair of columns; may raise Stopped.

    Returns
    -------
    WorstSegments
        Each segment against all rows that are not in it: Fisher's exact test for rates, a normal one corrected for skewness for
        calibration, two-sided, and Holm's correction over all segments looked at. `lowest_pairs` are not tested.

    Raises
    ------
    InvalidSpec
        For a measure or column that there is not.
    UnusableData
        Where the part has no rows, or calibration is asked of a score that is no probability.
    """
    if measure not in MEASURES:
        raise InvalidSpec.one("measure", f"There is no measure '{measure}'; choose one of {', '.join(MEASURES)}.")
    if measure == "calibration" and not is_probability:
        raise UnusableData("A score that is no probability has no calibration.", fix="Choose another measure.")
    is_bad, score = scores.of(part)
    if not len(score):
        raise UnusableData(f"The run has no {part.replace('_', '-')} rows.", fix="Choose another part.")
    names = tuple(dict.fromkeys(names))
    found, left_out = _levels(columns, names, bins, categorical, special_codes)
    tally = Tally.of(is_bad, score, cutoff, scores.rows(part), found, with_expected=measure == "calibration")
    tallied = tally.all_segments(report)
    looked = gaps(tallied, measure, least_rows, least_of_class)
    adjusted = holm(looked.p_value)
    differs = adjusted <= ALPHA
    worse = differs & looked.is_worse
    ranked = np.flatnonzero(worse)[np.argsort(-np.abs(looked.gap[worse]), kind="stable")]
    n_pairs, lowest = _lowest(tallied, found, least_rows, least_of_class)
    return WorstSegments(
        part=part,
        measure=measure,
        cutoff=float(cutoff),
        n_rows=len(score),
        columns=tuple(found),
        n_looked_at=len(looked.at),
        n_too_few=tallied.n_segments - len(looked.at),
        least_rows=least_rows,
        correction=_correction(len(looked.at), looked.test),
        found=tuple(_found(tallied, looked, found, int(k), float(adjusted[k])) for k in ranked[:MOST_FOUND]),
        n_found=int(worse.sum()),
        n_better=int(differs.sum() - worse.sum()),
        least_of_class=least_of_class,
        n_pairs=n_pairs,
        lowest_pairs=lowest,
        left_out=left_out,
    )


def _levels(
    columns: pa.Table,
    names: tuple[str, ...],
    bins: Mapping[str, Sequence[float]] | None,
    categorical: Collection[str],
    special_codes: SpecialCodes,
) -> tuple[dict[str, Levels], tuple[tuple[str, str], ...]]:
    found, left_out = {}, []
    for name in names:
        try:
            levels = levels_of(columns, name, bins, categorical, special_codes)
        except UnusableData as error:
            left_out.append((name, str(error)))
            continue
        if len(levels.texts) < 2:
            left_out.append((name, "It has one value only."))
            continue
        found[name] = levels
        left_out += [(name, levels.grouped)] if levels.grouped else []
    return found, tuple(left_out)


def _correction(n: int, test: str) -> str:
    return (
        f"Each of {n:,} segments against all other rows by {test}, two-sided; p-values by Holm (1979) for {n:,} looks, so that "
        f"all that are found differ by more than chance with 95% confidence."
    )


def _found(tallied: Tallied, looked: Gaps, levels: dict[str, Levels], k: int, adjusted: float) -> FoundSegment:
    at = int(looked.at[k])
    by, texts = _place(tallied, levels, at)
    return FoundSegment(
        by=by,
        levels=texts,
        n_rows=int(tallied.n_rows[at]),
        n_bad=int(tallied.n_bad[at]),
        rate=float(looked.rate[k]),
        rate_of_rest=float(looked.rate_of_rest[k]),
        gap=float(looked.gap[k]),
        low=float(looked.low[k]),
        high=float(looked.high[k]),
        p_value=float(looked.p_value[k]),
        p_adjusted=adjusted,
        alone=tuple(float(rate) for rate in looked.rates[tallied.parents(at)]),
    )


def _place(tallied: Tallied, levels: dict[str, Levels], at: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = list(levels)
    by = tuple(names[column] for column in tallied.columns_of(at))
    return by, tuple(levels[name].texts[code] for name, code in zip(by, tallied.codes_of(at), strict=True))


def _lowest(tallied: Tallied, levels: dict[str, Levels], least_rows: int, least_of_class: int) -> tuple[int, tuple[LowPair, ...]]:
    """How many pairs have enough rows and bads, and those of them with the lowest approval rates."""
    may = np.flatnonzero(tallied.is_pair & (tallied.n_rows >= least_rows) & (tallied.n_bad >= least_of_class))
    rate = tallied.n_approved[may] / np.maximum(tallied.n_rows[may], 1)
    return len(may), tuple(
        _low(tallied, levels, int(at), least_of_class) for at in may[np.argsort(rate, kind="stable")[:N_LOWEST]]
    )


def _low(tallied: Tallied, levels: dict[str, Levels], at: int, least_of_class: int) -> LowPair:
    by, texts = _place(tallied, levels, at)
    cells: NDArray[Any] = tallied.cells[at]
    approval = estimates.share(int(tallied.n_approved[at]), int(tallied.n_rows[at]))
    goods = int(cells[0] + cells[1])
    return LowPair(
        by=by,
        levels=texts,
        n_rows=int(tallied.n_rows[at]),
        n_bad=int(tallied.n_bad[at]),
        approval_rate=approval.value or 0.0,
        low=approval.low or 0.0,
        high=approval.high or 0.0,
        false_positive_rate=int(cells[1]) / goods if goods >= max(least_of_class, 1) else None,
    )
