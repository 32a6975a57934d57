"""What a column is for, and what it is likely to be for, judged by its summary and its profile."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.column_names import says_key, says_later, says_outcome, says_weight
from pipeline.results import ColumnSummary

if TYPE_CHECKING:
    from pipeline.profiling.results import ColumnProfile, Profile

ROLES = {
    "target": "outcome: what the model predicts",
    "feature": "input: the model may use it",
    "segment": "segment: kept to look at groups, never trained on",
    "identifier": "key: finds a row again, never trained on",
    "date": "date: orders the rows in time, never trained on",
    "weight": "weight: how much a row counts, never trained on as an input",
    "excluded": "left out: kept with the data, never used",
}

LEAK_AUC = 0.95  # a column that alone separates the classes better than this looks like the outcome
_LEAST_OF_A_CLASS = 10  # with fewer rows of a class such an AUC comes by chance
_ROWS_FOR_A_LEVEL = 10  # with fewer rows for each level, levels ranked by their bad rate separate whatever they are
_PAIRS = 20  # repeats that numbers drawn at random would have; with none of them, they were made to differ

Role = tuple[str, str]


def suggest_roles(columns: Sequence[ColumnSummary], profile: "Profile | None", target: str | None) -> dict[str, Role]:
    """A role for each column, and why, in a clause with its numbers.

    Parameters
    ----------
    columns : sequence of ColumnSummary
        All columns of the table.
    profile : Profile, optional
        Of the same table. Without it nothing is said of duplicates and of columns that look like the outcome.
    target : str, optional
        The outcome. Where none is given, the one that `likely_target` finds.

    Returns
    -------
    dict of str to (str, str)
        Column to role (one of `ROLES`) and reason, in the order of the columns; the reason of a plain feature is "". Segment
        and weight are never suggested: whether a column is one is for its owner to say.
    """
    named = target is not None
    target = target if target is not None else likely_target(columns)
    roles: dict[str, Role] = {}
    for column in columns:
        if column.name == target:
            roles[column.name] = ("target", _why_target(column, named))
            continue
        seen = profile.column(column.name) if profile is not None else None
        roles[column.name] = (
            _empty(column)
            or (_filled_in_with(column, seen, profile) if seen is not None and profile is not None else None)
            or _key(column)
            or (_gives_away(seen, profile) if seen is not None and profile is not None else None)
            or _by_name_or_value(column, seen)
        )
    return roles


def likely_target(columns: Sequence[ColumnSummary]) -> str | None:
    """Of the columns with two values the one whose name says outcome most plainly, of equals the last; None without any.

    A column whose name says nothing is taken only where each of its values comes back: in a table of two rows every column has
    two values.
    """
    two = [column for column in columns if column.n_distinct == 2]
    likely = [column for column in two if says_outcome(column.name) or all(rows > 1 for _, rows in column.levels)]
    best = max(reversed(likely), key=lambda column: says_outcome(column.name), default=None)
    return best.name if best is not None else None


def has_roles(columns: Sequence[ColumnSummary]) -> bool:
    """Whether anybody has given these columns roles; a table without is all features by default."""
    return any(column.role != "feature" or column.reason for column in columns)


def _why_target(column: ColumnSummary, named: bool) -> str:
    shown = column.levels[:3]
    values = ", ".join(f"{level} in {rows:,} rows" for level, rows in shown)
    more = f" and {column.n_distinct - len(shown):,} more" if column.n_distinct and column.n_distinct > len(shown) else ""
    held = f"its values are {values}{more}" if shown else f"it has {_distinct(column)} different values"
    if named:
        return f"It was named as the outcome; {held}."
    if says_outcome(column.name):
        return f"Its name says outcome; {held}."
    return f"It is the last column with two values; {held}."


def _empty(column: ColumnSummary) -> Role | None:
    if column.n_rows == column.n_missing:
        return "excluded", f"It is missing in all {column.n_rows:,} rows."
    return None


def _filled_in_with(column: ColumnSummary, seen: "ColumnProfile", profile: "Profile") -> Role | None:
    """Excluded where being filled in nearly tells the outcome."""
    gap = next((band for band in seen.bands if band.level == "(missing)" and band.n_bad is not None), None)
    known = profile.n_rows - profile.n_unknown
    if gap is None or not _enough(profile) or profile.n_bad is None or gap.n_bad is None:
        return None
    n_bad, n_good = profile.n_bad, known - profile.n_bad
    bad, good = n_bad - gap.n_bad, n_good - (gap.n - gap.n_bad)
    auc = (1 + abs(bad / n_bad - good / n_good)) / 2
    if auc <= LEAK_AUC:
        return None
    is_bad = f"with {profile.target} = {profile.bad_label}"
    if bad / n_bad > good / n_good:
        where = _shares(bad, n_bad, f"rows {is_bad}", good, n_good, "other rows")
    else:
        where = _shares(good, n_good, f"rows not {is_bad}", bad, n_bad, f"rows {is_bad}")
    return "excluded", f"Filled in for {where}; alone it would reach an AUC of {auc:.3f}."


def _shares(most: int, of: int, these: str, few: int, of_few: int, those: str) -> str:
    first = f"all {of:,} {these}" if most == of else f"{most:,} of the {of:,} {these}"
    return f"{first} and for {f'{few:,} of the {of_few:,} {those}' if few else 'no other row'}"


def _gives_away(seen: "ColumnProfile", profile: "Profile") -> Role | None:
    if seen.auc is None or seen.auc <= LEAK_AUC or not _enough(profile):
        return None
    ranked = seen.auc_direction is None and seen.kind != "number"
    if ranked and (seen.n_distinct is None or seen.n_distinct * _ROWS_FOR_A_LEVEL > profile.n_rows):
        return None
    told = f"Alone it reaches an AUC of {seen.auc:.3f} against {profile.target}: it looks like the outcome, or came after it."
    return "excluded", told


def _enough(profile: "Profile") -> bool:
    known = profile.n_rows - profile.n_unknown
    return profile.n_bad is not None and min(profile.n_bad, known - profile.n_bad) >= _LEAST_OF_A_CLASS


def _key(column: ColumnSummary) -> Role | None:
    present = column.n_rows - column.n_missing
    if is_row_number(column):
        return "identifier", f"It counts the rows from {column.minimum:,.0f} to {column.maximum:,.0f}."
    if present < 3 or column.kind not in {"number", "text"}:
        return None
    differs = column.n_distinct == present
    every = f"all of its {present:,} values differ"
    if column.kind == "text" and differs and not any(" " in value for value, _ in column.levels):
        return "identifier", f"It is a key: {every}."
    if says_key(column.name) and _may_be_key(column) and (column.n_distinct is None or 2 * column.n_distinct > present):
        said = every if differs else f"it has {_distinct(column)} different values in {present:,} rows"
        return "identifier", f"Its name says key, and {said}."
    if differs and _drawn_without_repeats(column, present):
        return "identifier", f"It is a whole number and {every}, as those of a key do."
    return None


def _may_be_key(column: ColumnSummary) -> bool:
    return column.kind == "text" or _whole_range(column) is not None


def _whole_range(column: ColumnSummary) -> tuple[int, int] | None:
    """The ends of a column of whole numbers; those of a column with fractions are floats."""
    ends: tuple[object, object] = (column.minimum, column.maximum)
    return (ends[0], ends[1]) if isinstance(ends[0], int) and isinstance(ends[1], int) else None


def is_row_number(column: ColumnSummary) -> bool:
    """Whole numbers from 0 or 1 up, each once. Where counting of distinct values stopped, the range alone has to tell."""
    low, high = column.minimum, column.maximum
    if column.kind != "number" or column.n_missing or column.n_rows < 3 or isinstance(low, str) or isinstance(high, str):
        return False
    counted = column.n_distinct is None or column.n_distinct == column.n_rows
    return counted and low in {0, 1} and low is not None and high == low + column.n_rows - 1


def _drawn_without_repeats(column: ColumnSummary, present: int) -> bool:
    """Whole numbers so close together that values which merely happen to differ would repeat many times."""
    ends = _whole_range(column)
    return ends is not None and present * (present - 1) / (2 * (ends[1] - ends[0] + 1)) > _PAIRS


def _by_name_or_value(column: ColumnSummary, seen: "ColumnProfile | None") -> Role:
    present = column.n_rows - column.n_missing
    later = says_later(column.name)
    if later is not None:
        return "excluded", f"Its name says that it is known only after the outcome ('{later}')."
    if column.n_distinct == 1 and column.n_rows > 1:
        where = f"the {present:,} of {column.n_rows:,} rows with a value" if column.n_missing else f"all {present:,} rows"
        return "excluded", f"It holds one value only{_the_value(column)}, in {where}."
    if seen is not None and seen.same_as is not None:
        return "excluded", f"It holds the same as '{seen.same_as}' in every one of the {column.n_rows:,} rows."
    if column.kind == "date":
        return "date", f"It holds dates, from {column.minimum} to {column.maximum}."
    if column.kind == "text":
        return "excluded", _why_text(column, present)
    if says_weight(column.name) and isinstance(column.minimum, int | float) and column.minimum > 0:
        return "feature", "Its name says weight; give it that role if it says how much a row counts."
    return "feature", ""


def _the_value(column: ColumnSummary) -> str:
    value = column.levels[0][0] if column.levels else column.minimum
    return "" if value is None else f", '{value}'"


def _why_text(column: ColumnSummary, present: int) -> str:
    if column.nearly is not None:
        shown = ", ".join(f"'{cell}'" for cell in column.against[:3])
        return f"It would be a {column.nearly} but for {column.n_against:,} of its {present:,} values ({shown})."
    return f"It is free text: {_distinct(column)} different texts in {present:,} rows."


def _distinct(column: ColumnSummary) -> str:
    """How many different values; every count is of all rows, and counting stops somewhere."""
    return "very many" if column.n_distinct is None else f"{column.n_distinct:,}"
