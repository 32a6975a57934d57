"""One column's profile, from what was counted of it."""

import math
from datetime import date, timedelta

import numpy as np

from pipeline.levels import MISSING, OTHER, number_text
from pipeline.profiling.against import Counted, bands_of, level_auc, number_auc, number_bands
from pipeline.profiling.arrays import Ints
from pipeline.profiling.cells import QUANTILES, Cells
from pipeline.profiling.extremes import far_out, fences, suspected_codes
from pipeline.profiling.histogram import histogram_of
from pipeline.profiling.levels import LevelSummary
from pipeline.profiling.numbers import NumberSummary
from pipeline.profiling.outcome import BAD, GOOD
from pipeline.profiling.results import ColumnProfile
from pipeline.results import ColumnSummary

_MOST_TOP = 50
_MOST_LEVEL_BANDS = 20
_EPOCH = date(1970, 1, 1)


def number_profile(summary: ColumnSummary, counted: NumberSummary, *, against: bool) -> ColumnProfile:
    """Of a column of numbers or dates; `against` the outcome unless it is the outcome."""
    cells = counted.cells()
    if not against:
        cells = Cells(cells.low, cells.high, cells.rows[:, None])
    values, error = cells.quantiles(QUANTILES)
    is_number = summary.kind == "number"
    low_fence, high_fence, outliers_low, outliers_high = fences(cells) if is_number else (None,) * 4
    far_low, far_high, n_far_low, n_far_high = far_out(cells) if is_number else (None,) * 4
    mean, sd, skew = counted.moments() if is_number else (None,) * 3
    auc, direction, auc_error = number_auc(cells)
    bands, information_value = bands_of(_bands(summary, counted, cells))
    low, high = _ends(summary, counted)
    return ColumnProfile(
        name=summary.name,
        kind=summary.kind,
        n_rows=summary.n_rows,
        n_missing=summary.n_missing,
        n_distinct=summary.n_distinct,
        minimum=low,
        maximum=high,
        mean=mean,
        sd=sd,
        skew=skew,
        n_zeros=counted.n_zeros if is_number else None,
        n_negative=counted.n_negative if is_number else None,
        n_infinite=counted.n_infinite,
        quantiles=tuple(zip(QUANTILES, values, strict=True)) if values else (),
        quantile_error=error,
        outliers_low=outliers_low,
        outliers_high=outliers_high,
        fence_low=low_fence,
        fence_high=high_fence,
        median_good=_median(cells, GOOD),
        median_bad=_median(cells, BAD),
        histogram=histogram_of(cells, _unit(cells, counted)),
        top=_top_numbers(cells, dates=summary.kind == "date"),
        bands=bands,
        information_value=information_value,
        auc=auc,
        auc_direction=direction,
        auc_error=auc_error,
        n_coded=int(counted.coded.sum()),
        far_low=far_low,
        far_high=far_high,
        n_far_low=n_far_low,
        n_far_high=n_far_high,
        suspected_codes=suspected_codes(cells) if is_number and against else (),
    )


def level_profile(summary: ColumnSummary, counted: LevelSummary, *, against: bool) -> ColumnProfile:
    """Of a column of levels or texts; `against` the outcome unless it is the outcome."""
    counts = counted.by_class if against else counted.by_class.sum(axis=1, keepdims=True)
    bands, information_value = bands_of(_level_bands(summary, counted.levels, counts))
    rows = counts.sum(axis=1)[: len(counted.levels)]
    order = _most_frequent(counted.levels, rows)
    told = summary.kind != "text" or len(bands) > 1  # of a text no level comes back, and none is missing: nothing to tell
    top = tuple((counted.levels[place], int(rows[place])) for place in order[:_MOST_TOP] if rows[place])
    return ColumnProfile(
        name=summary.name,
        kind=summary.kind,
        n_rows=summary.n_rows,
        n_missing=summary.n_missing,
        n_distinct=summary.n_distinct,
        top=summary.levels if summary.kind == "text" else top,
        bands=bands,
        information_value=information_value if told else None,
        auc=level_auc(counted.counts) if against and told else None,
    )


def date_text(days: float) -> str:
    """A number of days since 1970-01-01 as an ISO date."""
    try:
        return (_EPOCH + timedelta(days=math.floor(days))).isoformat()
    except OverflowError:
        return number_text(days)


def date_range(low: float, high: float, *, last: bool) -> str:
    """The days of low <= day < high, or up to high for the last band."""
    end = high if last or high != math.floor(high) else high - 1
    first, final = date_text(low), date_text(max(end, low))
    return first if first == final else f"{first} to {final}"


def _ends(summary: ColumnSummary, counted: NumberSummary) -> tuple[float | str | None, float | str | None]:
    if not len(counted.plan.codes) or summary.kind != "number":
        return summary.minimum, summary.maximum
    ends = (counted.low, counted.high) if counted.n else (None, None)
    whole = isinstance(summary.minimum, int)
    low, high = (int(end) if whole and end is not None else end for end in ends)
    return low, high


def _median(cells: Cells, which: int) -> float | None:
    if cells.counts.shape[1] == 1:
        return None
    values, _ = cells.quantiles((0.5,), cells.counts[:, which])
    return values[0] if values else None


def _unit(cells: Cells, counted: NumberSummary) -> float | None:
    """What all values lie whole multiples of apart, where they are on a grid."""
    grid = counted.plan.grid
    if grid is None or not cells.exact or len(cells.low) < 2:
        return None
    places = np.rint(np.diff(cells.low) * grid.per_unit).astype(np.int64)
    if not np.isclose(places, np.diff(cells.low) * grid.per_unit).all():
        return None  # some rows were not on the grid
    return int(np.gcd.reduce(places)) / grid.per_unit


def _top_numbers(cells: Cells, *, dates: bool) -> tuple[tuple[str, int], ...]:
    """The most frequent values where all were counted and some come twice."""
    rows = cells.rows
    whole = not dates or bool((cells.low == np.floor(cells.low)).all())
    if not cells.exact or not whole or not len(rows) or rows.max() < 2:
        return ()
    order = np.argsort(-rows, kind="stable")[:_MOST_TOP]
    write = date_text if dates else number_text
    return tuple((write(float(cells.low[place])), int(rows[place])) for place in order)


def _bands(summary: ColumnSummary, counted: NumberSummary, cells: Cells) -> list[Counted]:
    found = number_bands(cells)
    if summary.kind == "date":
        found = [
            (date_range(low, high, last=entry is found[-1] or low == high), low, high, rows)
            for entry in found
            for _, low, high, rows in [entry]
            if low is not None and high is not None
        ]
    coded, missing = counted.coded, counted.missing
    if cells.counts.shape[1] == 1:
        coded, missing = coded.sum(axis=1, keepdims=True), missing.sum(keepdims=True)
    codes = [(number_text(code), None, None, rows) for code, rows in zip(counted.plan.codes, coded, strict=True)]
    return [*found, *codes, (MISSING, None, None, missing)]


def _level_bands(summary: ColumnSummary, levels: tuple[str, ...], counts: Ints) -> list[Counted]:
    """The most frequent levels and those that are special codes, then all others together, then missing."""
    rows = counts.sum(axis=1)
    coded = {code for code, _ in summary.codes}
    order = _most_frequent(levels, rows[: len(levels)])
    own = [place for rank, place in enumerate(order) if rank < _MOST_LEVEL_BANDS or levels[place] in coded]
    taken = set(own)
    others = [place for place in range(len(levels) + 1) if place not in taken]
    found: list[Counted] = [(levels[place], None, None, counts[place]) for place in own]
    return [*found, (OTHER, None, None, counts[others].sum(axis=0)), (MISSING, None, None, counts[-1])]


def _most_frequent(levels: tuple[str, ...], rows: Ints) -> list[int]:
    return sorted(range(len(levels)), key=lambda place: (-int(rows[place]), levels[place]))
