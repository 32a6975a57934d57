"""Segments of the rows of a run: counted at every cut-off by one pass for each group of columns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec, UnusableData
from pipeline.evaluation.metrics import auc_interval, auc_of
from pipeline.results import Progress, Report, no_report
from pipeline.scores.row_scores import RowScores
from pipeline.segment_results import Segment, SegmentTable
from pipeline.segments.levels import Levels, levels_of
from pipeline.segments.ranked import Ranked, moments, rankings
from pipeline.special_codes import SpecialCodes

MOST_CROSSED = 3
MOST_SEGMENTS = 200  # of one group of columns

Codes = NDArray[np.intp]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Group:
    """Some columns crossed: the segment of each row of the table, -1 for one that is left out, and the levels of each."""

    by: tuple[str, ...]
    codes: Codes
    levels: tuple[tuple[str, ...], ...]


def segment_table(
    scores: RowScores,
    columns: pa.Table,
    by: Sequence[tuple[str, ...]],
    *,
    part: str,
    labels: tuple[str, ...],
    cutoffs: Sequence[float],
    is_probability: bool = True,
    bins: Mapping[str, Sequence[float]] | None = None,
    categorical: Collection[str] = (),
    special_codes: SpecialCodes = (),
    report: Report = no_report,
) -> SegmentTable:
    """Counts the segments of one part of a run's rows.

    Parameters
    ----------
    scores : RowScores
        Of every row of `columns`.
    columns : pyarrow.Table
        All rows of the run's table, with the columns of `by` at least.
    by : sequence of tuples of column names
        Groups of one to three columns; those of a group are crossed.
    part : str
        held_out, validation, cross_validated or training. How values become levels is decided on all rows of the table, so that
        the parts of a run have the same segments.
    labels : (good, bad)
    cutoffs : sequence of float
        Ascending, at most 1,001, the first not above any score.
    is_probability : bool
        Whether the sum of the scores is the number of bads to expect.
    bins : mapping of column to inner edges, optional
        For numbers that are not to be binned by what is found.
    categorical : collection of str
        Columns of numbers that are codes.
    special_codes : SpecialCodes
        Values with a meaning of their own: each a level, or missing.
    report : callable, optional
        Called for each group; may raise Stopped.

    Returns
    -------
    SegmentTable
        Segments without a row of the part are not listed. `left_out` says what was put together, was too much, or is no
        segment column.

    Raises
    ------
    InvalidSpec
        For a column that is not there, more than three columns crossed, one named twice, or edges that are none.
    UnusableData
        Where the part has no rows.
    """
    groups = tuple(map(_checked_group, by))
    is_bad, score = scores.of(part)
    if not len(score):
        raise UnusableData(f"The run has no {part.replace('_', '-')} rows.", fix="Choose another part.")
    rows, ranked = scores.rows(part), Ranked.of(is_bad, score, np.asarray(cutoffs, np.float64))
    del is_bad, score  # `ranked` has them in its order
    found: dict[str, Levels] = {}
    segments: list[Segment] = []
    left_out: list[tuple[str, str]] = []
    for done, names in enumerate(groups):
        report(Progress(done, len(groups), f"Counting by {' × '.join(names)}"))
        try:
            found |= {name: levels_of(columns, name, bins, categorical, special_codes) for name in names if name not in found}
        except UnusableData as error:
            left_out.append((" × ".join(names), str(error)))
            continue
        group, why = crossed(names, [found[name] for name in names], rows)
        segments += _segments(group, ranked, is_probability)
        left_out += [(" × ".join(names), why)] if why else []
    report(Progress(len(groups), max(len(groups), 1), "Done"))
    left_out += [(name, levels.grouped) for name, levels in found.items() if levels.grouped]
    (whole,) = _segments(Group((), np.zeros(len(rows), np.intp), ((),)), ranked, is_probability)
    return SegmentTable(
        part=part,
        n_rows=len(rows),
        n_bad=whole.n_bad,
        labels=tuple(labels),
        cutoffs=tuple(map(float, ranked.cutoffs)),
        by=groups,
        whole=whole,
        segments=tuple(segments),
        left_out=tuple(left_out),
        binned=tuple((name, levels.how) for name, levels in found.items() if levels.how),
    )


def _checked_group(names: Sequence[str]) -> tuple[str, ...]:
    if not names or len(names) > MOST_CROSSED:
        raise InvalidSpec.one("by", f"A group of segments is by one to {MOST_CROSSED} columns, and {len(names)} were given.")
    if len(set(names)) < len(names):
        raise InvalidSpec.one("by", "A column cannot be crossed with itself; name each column of a group once.")
    return tuple(names)


def crossed(names: tuple[str, ...], found: Sequence[Levels], rows: NDArray[np.intp]) -> tuple[Group, str]:
    """The segments that occur among the rows, in the order of their levels, and what was left out, in words.

    Only those with the most rows are kept where there are more than 200; rows of the others get -1.
    """
    sizes = [max(len(levels.texts), 1) for levels in found]
    codes = np.zeros(len(rows), np.intp)
    for levels, size in zip(found, sizes, strict=True):
        codes *= size
        codes += levels.codes[rows]
    n = np.bincount(codes, minlength=int(np.prod(sizes)))
    occurring = np.flatnonzero(n)
    kept, why = occurring, ""
    if len(occurring) > MOST_SEGMENTS:
        kept = np.sort(occurring[np.argsort(-n[occurring], kind="stable")[:MOST_SEGMENTS]])
        why = f"{len(occurring):,} segments; only the {MOST_SEGMENTS} with the most rows are given"
    place = np.full(len(n), -1, np.intp)
    place[kept] = np.arange(len(kept))
    texts = [
        tuple(levels.texts[at] for levels, at in zip(found, map(int, np.unravel_index(int(code), sizes)), strict=True))
        for code in kept
    ]
    return Group(names, place[codes] if len(kept) < len(n) else codes, tuple(texts)), why


def counts(codes: Codes, n_segments: int, cells: Codes | NDArray[np.int32], n_cells: int) -> Counts:
    """Rows of each segment in each cell, by one pass.

    Parameters
    ----------
    codes : ndarray of intp, shape (n,)
        The segment of each row, from 0.
    cells : ndarray of intp or int32, shape (n,)
        The place of each row among the cut-offs, with the number of them added for a bad.

    Returns
    -------
    ndarray of int64, shape (n_segments, n_cells)
    """
    keys = codes * n_cells
    keys += cells
    return np.bincount(keys, minlength=n_segments * n_cells).reshape(n_segments, n_cells)


def _segments(group: Group, ranked: Ranked, is_probability: bool) -> list[Segment]:
    n, m = len(group.levels), len(ranked.cutoffs)
    codes = group.codes[ranked.order]
    if (codes < 0).any():
        ranked, codes = ranked.only(codes >= 0), codes[codes >= 0]
    cells = counts(codes, n, ranked.cells, 2 * m)
    good, bad = cells[:, :m].tolist(), cells[:, m:].tolist()
    n_rows, n_bad = cells.sum(axis=1), cells[:, m:].sum(axis=1)
    total, sd = moments(codes, n_rows, ranked.scores)
    found = []
    for k, ranking in enumerate(rankings(codes, n, ranked)):
        interval = auc_interval(ranking)
        found.append(
            Segment(
                by=group.by,
                levels=group.levels[k],
                n_rows=int(n_rows[k]),
                n_bad=int(n_bad[k]),
                bad=tuple(bad[k]),
                good=tuple(good[k]),
                expected_bad=float(total[k]) if is_probability else None,
                mean_score=float(total[k] / n_rows[k]),
                sd_score=float(sd[k]),
                auc=auc_of(ranking),
                auc_low=interval[0] if interval else None,
                auc_high=interval[1] if interval else None,
            )
        )
    return found
