"""Rows laid out for the path's kernels: sorted by fold, in tiles of 256, categories joined in pairs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats
from pipeline.terms import Design

_JOINT_LEVELS = 64  # categories are joined as long as they have at most this many levels together
TILE = 256


@dataclass(frozen=True)
class Gaps:
    """Values that are missing: the row and the dense column of each, rows ascending."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]


@dataclass(frozen=True)
class FoldRows:
    """The rows of a design as the kernels take them. `first_tile[k]` is the first tile of fold k."""

    tiles: Floats
    codes: NDArray[np.int32]
    gap_start: NDArray[np.int64]
    gap_column: NDArray[np.int64]
    bad: Floats
    live: Floats
    tile_fold: NDArray[np.int64]
    first_tile: NDArray[np.intp]
    columns_of: tuple[NDArray[np.intp], ...]  # of each joint level: the design columns that are 1, or the width for none
    categories: tuple[NDArray[np.intp], ...]  # of each category: its design columns
    reach: Floats  # the largest absolute value of each dense column


def laid_out(
    design: Design,
    classes: NDArray[np.intp],
    fold: NDArray[np.intp],
    n_folds: int,
    gaps: Gaps,
    columns: Iterable[NDArray[np.floating[Any]]],
) -> FoldRows:
    """Sorts the rows by fold, padding each fold to whole tiles. `columns` are the design's dense ones, each let go once taken."""
    counts = np.bincount(fold, minlength=n_folds)
    n_tiles = -(-counts // TILE)
    first_tile = np.concatenate([[0], np.cumsum(n_tiles)])
    n_padded = int(first_tile[-1]) * TILE
    order = np.argsort(fold, kind="stable")
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    place = np.empty(len(fold), np.intp)  # of each row
    place[order] = np.arange(len(fold)) + np.repeat(first_tile[:-1] * TILE - starts, counts)
    bad, live = np.zeros(n_padded), np.zeros(n_padded)
    bad[place], live[place] = classes == 1, 1.0
    spans = [np.unique(design.codes[:, k]) for k in range(design.codes.shape[1])]
    joint, columns_of = _joined(design, spans)
    codes = np.zeros((n_padded, joint.shape[1]), np.int32)
    codes[place] = joint
    del joint, order
    per_row = np.bincount(place[gaps.rows], minlength=n_padded)
    by_place = np.argsort(place[gaps.rows], kind="stable")
    tiles = np.zeros((n_padded // TILE, len(design.dense_at), TILE))
    padded, reach = np.zeros(n_padded), np.zeros(len(design.dense_at))
    for j, column in enumerate(columns):
        padded[place] = column
        tiles[:, j] = padded.reshape(-1, TILE)
        reach[j] = np.abs(padded).max(initial=0.0)
    return FoldRows(
        tiles,
        codes,
        np.concatenate([[0], np.cumsum(per_row)]).astype(np.int64),
        gaps.columns[by_place].astype(np.int64),
        bad.reshape(-1, TILE),
        live.reshape(-1, TILE),
        np.repeat(np.arange(n_folds), n_tiles).astype(np.int64),
        first_tile,
        columns_of,
        tuple(seen[seen >= 0].astype(np.intp) for seen in spans),
        reach,
    )


def _joined(design: Design, spans: list[NDArray[np.int32]]) -> tuple[NDArray[np.int32], tuple[NDArray[np.intp], ...]]:
    """Joint codes (n, groups) into one table of lines, and for each line the design columns that are 1."""
    groups = _groups([len(seen) for seen in spans])
    joint = np.zeros((design.n_rows, len(groups)), np.int32)
    lines: list[NDArray[np.intp]] = []
    for g, members in enumerate(groups):
        code, columns = np.zeros(design.n_rows, np.int64), np.empty((1, 0), np.intp)
        for k in members:
            seen = spans[k]
            where = np.zeros(design.width + 1, np.int64)
            where[seen] = np.arange(len(seen))  # -1 stands for the last entry
            code = code * len(seen) + where[design.codes[:, k]]
            more = np.where(seen < 0, design.width, seen)
            columns = np.column_stack([np.repeat(columns, len(seen), axis=0), np.tile(more, len(columns))])
        joint[:, g] = code + sum(map(len, lines))
        lines.append(columns.astype(np.intp))
    depth = max((part.shape[1] for part in lines), default=0)
    padded = [np.pad(part, ((0, 0), (0, depth - part.shape[1])), constant_values=design.width) for part in lines]
    whole = np.concatenate(padded) if padded else np.empty((0, 0), np.intp)
    return joint, tuple(np.ascontiguousarray(whole[:, d]) for d in range(depth))


def _groups(sizes: list[int]) -> list[list[int]]:
    """Which categories are joined: the smallest ones together, as long as their levels multiply to few."""
    groups: list[list[int]] = []
    product = _JOINT_LEVELS + 1
    for k in sorted(range(len(sizes)), key=lambda k: sizes[k]):
        if product * sizes[k] <= _JOINT_LEVELS:
            groups[-1].append(k)
            product *= sizes[k]
        else:
            groups.append([k])
            product = sizes[k]
    return groups
