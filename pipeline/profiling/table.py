"""All columns of a table at once: a summary of any rows that adds chunks and merges, and the pass that makes one."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from itertools import chain, islice
from typing import Self

import numpy as np
import pyarrow as pa

from pipeline.profiling.arrays import Hashes, Ints, LevelCodes, Mask, absent, numbers_of
from pipeline.profiling.describing import describe
from pipeline.profiling.gaps import GapPatterns
from pipeline.profiling.hashing import ColumnHashes, RowHashes, column_key, number_hashes, row_keys, text_hashes
from pipeline.profiling.levels import LevelSummary
from pipeline.profiling.numbers import NumberSummary
from pipeline.profiling.pairs import PairTables, PearsonSums
from pipeline.profiling.planning import TablePlan, unlike
from pipeline.profiling.results import Profile
from pipeline.results import ColumnSummary, Progress, Report

_AT_ONCE = 4  # chunks that one task of an executor summarises
_UNDER_WAY = 4  # tasks


class TableSummary:
    """What is known of some rows of a table; `merge` takes what is known of others, in any order."""

    def __init__(self, plan: TablePlan) -> None:
        self.plan = plan
        self.n_rows = 0
        self.classes = np.zeros(plan.n_classes, np.int64)
        self.numbers = {place: NumberSummary(how, plan.n_classes) for place, how in plan.numbers.items()}
        self.levels = {place: LevelSummary(levels, plan.n_classes) for place, levels in plan.levels.items()}
        self.gaps = GapPatterns(len(plan.gaps))
        self.column_hashes = ColumnHashes(len(plan.columns))
        self.row_hashes = RowHashes() if plan.counts_copies else None
        gappy = [bool(plan.columns[place].n_missing or plan.numbers[place].codes) for place in plan.pearson]
        self.pearson = PearsonSums(gappy)
        self.cramers = PairTables(len(plan.cramers))
        self._gap_places = {place: bit for bit, place in enumerate(plan.gaps)}
        self._codes = {place: LevelCodes(levels) for place, levels in plan.levels.items()}

    def add(self, batch: pa.RecordBatch, first_row: int) -> None:
        """Takes consecutive rows, the first of them being row `first_row` of the table (from 0)."""
        with np.errstate(over="ignore", invalid="ignore"):
            self._add(batch, first_row)

    def _add(self, batch: pa.RecordBatch, first_row: int) -> None:
        plan, n = self.plan, batch.num_rows
        classes = None if plan.outcome is None else plan.outcome.classes_of(batch.column(plan.outcome.position))
        self.n_rows += n
        self._count_classes(classes, n)
        keys = row_keys(first_row, n)
        halves = (keys >> np.uint64(63)).view(np.int64) * plan.n_classes
        halves_and_classes = halves if classes is None else halves + classes
        of_rows = np.zeros(n, np.uint64)
        rows = dict(zip(plan.pearson, self.pearson.scaled(n), strict=True))
        not_compared = np.empty(n)
        missing: dict[int, Mask | None] = {}
        numbers_missing: dict[int, Mask | None] = {}
        pair_codes = []
        for place, values in enumerate(batch.columns):
            if place in self.numbers:
                scaled = rows.get(place, not_compared)
                hashes, missing[place], numbers_missing[place] = self._add_numbers(place, values, classes, scaled)
            else:
                codes = self._codes[place].of(values)
                self.levels[place].add(codes, halves_and_classes)
                hashes, missing[place] = self._level_hashes(place, values, codes), absent(values)
                if place in plan.pair_codes:
                    pair_codes.append(plan.pair_codes[place].take(codes))
            self.column_hashes.add(place, hashes, keys)
            if self.row_hashes is not None:
                hashes *= column_key(place)
                of_rows += hashes
        if self.row_hashes is not None:
            self.row_hashes.add(of_rows)
        self.cramers.add(pair_codes)
        self._add_gaps(missing, n)
        self.pearson.add([numbers_missing[place] for place in plan.pearson])

    def _count_classes(self, classes: Ints | None, n: int) -> None:
        found = np.array([n]) if classes is None else np.bincount(classes, minlength=len(self.classes))
        if len(found) > len(self.classes):
            raise unlike("the outcome has a gap.")
        self.classes += found

    def _add_numbers(
        self, place: int, values: pa.Array, classes: Ints | None, scaled: np.ndarray
    ) -> tuple[Hashes, Mask | None, Mask | None]:
        """Hashes, where the column is missing, and where it is missing or holds a special code."""
        summary = self.numbers[place]
        x, missing, n_infinite = numbers_of(values)
        summary.n_infinite += n_infinite
        if missing is not None:
            summary.count_missing(missing, classes)
        without, missing_or_coded = summary.take_codes(x, missing, classes)
        summary.add(without, missing_or_coded, classes, scaled)
        return number_hashes(x), missing, missing_or_coded

    def _level_hashes(self, place: int, values: pa.Array, codes: Ints) -> Hashes:
        known = self.plan.level_hashes.get(place)
        return text_hashes(values) if known is None else known.take(codes)

    def _add_gaps(self, missing: dict[int, Mask | None], n: int) -> None:
        gaps = {}
        for place, where in missing.items():
            if where is None:
                continue
            if place not in self._gap_places:
                raise unlike(f"'{self.plan.columns[place].name}' has a gap.")
            gaps[self._gap_places[place]] = where
        self.gaps.add(gaps, n)

    def merge(self, other: Self) -> None:
        """Takes what is known of other rows of the same table, under the same plan."""
        self.n_rows += other.n_rows
        self.classes += other.classes
        for place, numbers in self.numbers.items():
            numbers.merge(other.numbers[place])
        for place, levels in self.levels.items():
            levels.merge(other.levels[place])
        self.gaps.merge(other.gaps)
        self.column_hashes.merge(other.column_hashes)
        if self.row_hashes is not None and other.row_hashes is not None:
            self.row_hashes.merge(other.row_hashes)
        self.pearson.merge(other.pearson)
        self.cramers.merge(other.cramers)


def profile_chunks(
    chunks: Iterable[pa.RecordBatch],
    columns: Sequence[ColumnSummary],
    *,
    target: str | None,
    bad_label: str | None,
    report: Report,
    executor: Executor | None,
) -> Profile:
    """See `pipeline.profiling.profile`."""
    chunks = iter(chunks)
    first = next(chunks, None)
    if first is None:
        raise unlike("there are none.")
    plan = TablePlan.of(first, columns, target, bad_label)
    blocks = _blocks(chain([first], chunks), plan.block_rows)
    whole = TableSummary(plan)
    for _ in _added(whole, blocks) if executor is None else _merged(whole, blocks, executor):
        report(Progress(whole.n_rows, plan.n_rows, f"Profiling: {whole.n_rows:,} of {plan.n_rows:,} rows"))
    if whole.n_rows != plan.n_rows:
        raise unlike(f"there are {whole.n_rows:,}, not {plan.n_rows:,}.")
    return describe(whole, target)


Block = tuple[pa.RecordBatch, int]  # and the number of its first row


def _blocks(chunks: Iterable[pa.RecordBatch], rows: int) -> Iterator[Block]:
    first_row = 0
    for chunk in chunks:
        for start in range(0, chunk.num_rows, rows):
            block = chunk.slice(start, rows)
            yield block, first_row
            first_row += block.num_rows


def _added(whole: TableSummary, blocks: Iterable[Block]) -> Iterator[None]:
    for block in blocks:
        whole.add(*block)
        yield


def _merged(whole: TableSummary, blocks: Iterator[Block], executor: Executor) -> Iterator[None]:
    """Merges summaries in the order of their rows; no more than a few tasks' rows are held at a time."""
    under_way: deque[Future[TableSummary]] = deque()
    while True:
        while len(under_way) < _UNDER_WAY and (some := list(islice(blocks, _AT_ONCE))):
            under_way.append(executor.submit(_summary_of, whole.plan, some))
        if not under_way:
            return
        whole.merge(under_way.popleft().result())
        yield


def _summary_of(plan: TablePlan, blocks: list[Block]) -> TableSummary:
    summary = TableSummary(plan)
    for block in blocks:
        summary.add(*block)
    summary.pearson.drop_work()
    return summary
