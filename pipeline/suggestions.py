"""What a column is likely to be good for, judged by its summary alone."""

from collections.abc import Mapping, Sequence

from pipeline.levels import level_order
from pipeline.results import ColumnSummary
from pipeline.roles import has_roles, is_row_number

_BAD_WORDS = (
    "bad", "default", "defaulted", "yes", "y", "true", "t", "churn", "churned", "fraud", "failed", "failure", "fail",
    "late", "delinquent", "charged off", "positive", "died", "malignant", "rejected",
)  # fmt: skip

_NOT_TRAINED_ON = {
    "target": "the outcome of the data set",
    "segment": "a segment, kept to look at groups",
    "identifier": "a key",
    "date": "a date",
    "weight": "a weight of the rows, which training does not use yet",
    "excluded": "left out",
}


def suggested_features(
    columns: Sequence[ColumnSummary], target: str, keep: Sequence[str] = ()
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The columns that may carry information about an outcome, and the others with the reason.

    Parameters
    ----------
    columns : sequence of ColumnSummary
        All columns of the table.
    target : str
        The outcome; in neither list.
    keep : sequence of str
        Columns that are used whatever they look like.

    Returns
    -------
    used : tuple of str
        In the order of the table.
    left_out : tuple of (str, str)
        Column and reason. Where the columns have roles, those decide; else what the summaries tell.
    """
    with_roles = has_roles(columns)
    used: list[str] = []
    left_out: list[tuple[str, str]] = []
    for column in columns:
        if column.name == target:
            continue
        reason = None if column.name in keep else _why_by_role(column) if with_roles else why_left_out(column)
        if reason is None:
            used.append(column.name)
        else:
            left_out.append((column.name, reason))
    return tuple(used), tuple(left_out)


def why_left_out(column: ColumnSummary) -> str | None:
    """Why a column tells a model nothing: a key, a constant, a date, free text; null where it may tell something."""
    present = column.n_rows - column.n_missing
    if present == 0:
        return "every value is missing"
    if column.n_distinct == 1:
        return "one value only"
    if column.kind == "date":
        return "a date; a model takes numbers and categories"
    if column.kind == "text":
        if column.n_distinct == present:
            return "a key: every text is another"
        many = "very many" if column.n_distinct is None else f"{column.n_distinct:,}"
        return f"free text: {many} different values"
    return "a row number" if is_row_number(column) else None


def _why_by_role(column: ColumnSummary) -> str | None:
    if column.role == "feature":
        return None
    what = _NOT_TRAINED_ON.get(column.role, column.role)
    return f"{what}: {column.reason[:1].lower()}{column.reason[1:].rstrip('.')}" if column.reason else what


def default_bad_label(counts: Mapping[str, int]) -> str | None:
    """The label of a two-class outcome that is probably the bad one.

    A word that says so (bad, default, yes, true, churn, ...) where exactly one of the labels is such a word; else the
    larger of two numbers; else the rarer label. Null where there are not two labels.
    """
    if len(counts) != 2:
        return None
    telling = [label for label in counts if label.strip().lower() in _BAD_WORDS]
    if len(telling) == 1:
        return telling[0]
    first, second = sorted(counts, key=level_order)
    if level_order(first)[0] == level_order(second)[0] == 0:
        return second
    return min(counts, key=lambda label: (counts[label], label))
