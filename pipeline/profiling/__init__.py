"""Profiling: one pass over chunks, mergeable summaries, a result of bounded size.

The two doors stand here and load their rooms when they are called: screens and figures import the result types alone, in
processes that hold neither pyarrow nor numpy.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from pipeline.profiling.results import Comparison, Profile
from pipeline.results import ColumnSummary, Report, no_report

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["compare", "profile"]


def profile(
    chunks: "Iterable[pa.RecordBatch]",
    columns: Sequence[ColumnSummary],
    *,
    target: str | None = None,
    bad_label: str | None = None,
    report: Report = no_report,
    executor: Executor | None = None,
) -> Profile:
    """A table's profile from one pass over its chunks.

    Parameters
    ----------
    chunks : iterable of pyarrow.RecordBatch
        All rows in their order, with one schema: numbers, truth values, dates and times, texts, and dictionary-encoded
        categories that share one dictionary.
    columns : sequence of ColumnSummary
        What reading found over all rows, in the order of the schema: kinds, ranges and numbers of distinct values decide how
        a column is counted. Special codes named there count as bands of their own and in no figure of the numbers.
    target : str, optional
        The outcome. Against it are bands, information value and AUC, where it has two classes or `bad_label` is given.
    bad_label : str, optional
        The label that is bad, all others being good; where none is given, the one of two that `default_bad_label` finds.
    report : callable, optional
        Told of the rows done, of the rows of the summaries.
    executor : concurrent.futures.Executor, optional
        Where summaries of chunks are made and merged; else here, one after the other. The result is the same but for the
        last digits of sums.

    Returns
    -------
    Profile
        Memory and size of the result are bounded whatever the number of rows, but for 8 bytes a row while exact copies of
        rows are counted (up to 5,000,000 rows; null above).

    Raises
    ------
    InvalidSpec
        Where there is no such target, or it has no such label.
    UnusableData
        Where the chunks hold other columns or another number of rows than the summaries.
    """
    from pipeline.profiling.table import profile_chunks

    return profile_chunks(chunks, columns, target=target, bad_label=bad_label, report=report, executor=executor)


def compare(
    reference: "Iterable[pa.RecordBatch]",
    other: "Iterable[pa.RecordBatch]",
    columns_reference: Sequence[ColumnSummary],
    columns_other: Sequence[ColumnSummary],
    *,
    names: tuple[str, str],
    target: str | None = None,
    bad_label: str | None = None,
    report: Report = no_report,
) -> Comparison:
    """How each column of a table differs from the same column of a reference table.

    Parameters
    ----------
    reference, other : iterable of pyarrow.RecordBatch
        The rows of each, as in `profile`; each is gone through once, the reference first.
    columns_reference, columns_other : sequence of ColumnSummary
        What reading found over all rows of each.
    names : (str, str)
        What the two are called on the screen.
    target, bad_label : str, optional
        The outcome, for the two bad rates; null for a table that has no such column or no such label.
    report : callable, optional
        Told of the rows done, of both tables together.

    Returns
    -------
    Comparison
        Numbers are compared over the reference's tenths, dates over its tenths and what lies before and after them, levels
        one by one, with those that are rarer than 1% in both tables together as "(other)". Missing is a band of its own
        wherever one of the tables has gaps.

    Raises
    ------
    UnusableData
        Where chunks do not fit their summaries.
    """
    from pipeline.profiling.comparing import compare_chunks

    return compare_chunks(
        reference, other, columns_reference, columns_other, names=names, target=target, bad_label=bad_label, report=report
    )
