"""What deserves a look, found in the numbers of a profile and said with them; the serious first."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.column_names import says_later
from pipeline.levels import MISSING, number_text
from pipeline.profiling.against import wilson_interval
from pipeline.profiling.results import Alert, ColumnProfile, Profile
from pipeline.results import ColumnSummary
from pipeline.roles import LEAK_AUC, is_row_number, suggest_roles

MOST_ALERTS = 40
_FEW_BADS = 50
_RARE = 0.01
_UNEVEN = 0.05
_HIGH_MISSING = 0.5
_MANY_LEVELS = 50
_FAR_SHARE = 0.001
_ROWS_TO_TELL = 30  # missing rows from which their bad rate is compared
_ORDER = (
    "one_class", "rare_outcome", "leak", "special_codes", "outliers", "missing_tells", "duplicate_rows", "high_missing",
    "imbalance", "many_classes", "duplicate", "key", "row_number", "constant", "all_missing", "text", "date", "many_levels",
)  # fmt: skip


def alerts_of(profile: Profile, columns: Sequence[ColumnSummary]) -> tuple[Alert, ...]:
    """At most 40 alerts, by severity and then in the order of the columns; the last one counts those that are left out."""
    found = [*_of_outcome(profile), *_of_rows(profile), *_of_roles(profile, columns)]
    for column in profile.columns:
        found += [alert for alert in _of_column(column, profile) if column.name != profile.target]
    found.sort(key=lambda alert: _ORDER.index(alert.kind))
    if len(found) > MOST_ALERTS:
        left = len(found) - MOST_ALERTS + 1
        told = Alert("more", "info", None, f"And {left:,} more", "The table of columns shows what else there is in each.")
        return (*found[: MOST_ALERTS - 1], told)
    return tuple(found)


def _of_outcome(profile: Profile) -> Iterator[Alert]:
    if profile.target is None:
        return
    name, known = profile.target, profile.n_rows - profile.n_unknown
    if len(profile.class_counts) == 1:
        label = profile.class_counts[0][0]
        yield Alert("one_class", "caution", name, f"{name} is '{label}' in every row", "A model needs rows of both outcomes.")
    elif profile.n_bad is None and not profile.class_counts:
        told = "Choose an outcome with few values to see the columns against it."
        yield Alert("many_classes", "info", name, f"{name} has too many values to be classes", told)
    elif profile.n_bad is not None and profile.bad_rate is not None:
        fewest = min(profile.n_bad, known - profile.n_bad)
        share = min(profile.bad_rate, 1 - profile.bad_rate)
        which = "bad" if profile.bad_rate <= 0.5 else "good"
        if fewest < _FEW_BADS or share < _RARE:
            told = "What is said of so few rows is uncertain: look at the intervals, and keep the model small."
            yield Alert("rare_outcome", "caution", name, f"Only {fewest:,} of {known:,} rows are {which}", told)
        elif share < _UNEVEN:
            told = "Accuracy says little here; judge a model by its AUC, its gains and its calibration."
            yield Alert("imbalance", "info", name, f"{share:.1%} of the rows are {which}", told)


def _of_rows(profile: Profile) -> Iterator[Alert]:
    if profile.n_duplicate_rows:
        share = profile.n_duplicate_rows / profile.n_rows
        copies = "row is an exact copy" if profile.n_duplicate_rows == 1 else "rows are exact copies"
        told = f"They are {share:.1%} of {profile.n_rows:,} rows. A copy on both sides of a split flatters a model."
        yield Alert(
            "duplicate_rows", "caution" if share >= 0.01 else "info", None, f"{profile.n_duplicate_rows:,} {copies}", told
        )


def _of_roles(profile: Profile, columns: Sequence[ColumnSummary]) -> Iterator[Alert]:
    """One for each column that would not be a feature, with the reason that is given for its role."""
    bare = [replace(column, role="feature", reason="") for column in columns]
    suggested = suggest_roles(bare, profile, profile.target or "")
    for summary, column in zip(columns, profile.columns, strict=True):
        role, reason = suggested[column.name]
        if role not in {"identifier", "date", "excluded"}:
            continue
        kind, title, remedy = _role_words(summary, column, profile, role)
        yield Alert(kind, "caution" if kind == "leak" else "info", column.name, title, reason, remedy)


def _role_words(summary: ColumnSummary, column: ColumnProfile, profile: Profile, role: str) -> tuple[str, str, str]:
    name = column.name
    if column.n_missing == column.n_rows:
        return "all_missing", f"{name} is empty", "exclude"
    if role == "identifier":
        is_count = is_row_number(summary)
        return ("row_number", f"{name} counts the rows", "identifier") if is_count else ("key", f"{name} is a key", "identifier")
    if role == "date":
        return "date", f"{name} is a date", ""
    if _filled_in_auc(column, profile) > LEAK_AUC or (column.auc or 0) > LEAK_AUC or says_later(name):
        told = f"{name} gives the outcome away" if not says_later(name) else f"{name} is known only after the outcome"
        return "leak", told, "exclude"
    if column.n_distinct == 1:
        return "constant", f"{name} never changes", "exclude"
    if column.same_as is not None:
        return "duplicate", f"{name} is a copy of {column.same_as}", "exclude"
    if column.kind == "text":
        return "text", f"{name} is free text", "exclude"
    return "leak", f"{name} gives the outcome away", "exclude"


def _filled_in_auc(column: ColumnProfile, profile: Profile) -> float:
    """The AUC of being filled in alone."""
    gap = _missing_band(column)
    if gap is None or gap[1] is None or not profile.n_bad:
        return 0.5
    n_good = profile.n_rows - profile.n_unknown - profile.n_bad
    return 0.5 + abs(gap[1] / profile.n_bad - (gap[0] - gap[1]) / n_good) / 2 if n_good else 0.5


def _missing_band(column: ColumnProfile) -> tuple[int, int | None] | None:
    """Rows of known outcome that are missing, and the bads among them."""
    return next(((band.n, band.n_bad) for band in column.bands if band.level == MISSING), None)


def _of_column(column: ColumnProfile, profile: Profile) -> Iterator[Alert]:
    name, present = column.name, column.n_rows - column.n_missing
    if column.suspected_codes:
        codes = " and ".join(f"{code} in {rows:,} rows" for code, rows in column.suspected_codes)
        told = f"{codes}, apart from all other values: perhaps a code for missing, which would count as a number."
        first = column.suspected_codes[0][0]
        yield Alert("special_codes", "caution", name, f"{name} may use {first} as a code", told, "missing")
    yield from _far_out(column, present)
    share = column.n_missing / column.n_rows if column.n_rows else 0
    if _HIGH_MISSING < share < 1:
        told = f"{column.n_missing:,} of {column.n_rows:,} rows have no value."
        yield Alert("high_missing", "caution", name, f"{name} is missing in {share:.0%} of rows", told, "exclude")
    yield from _missing_tells(column, profile)
    if column.kind == "category" and column.n_distinct is not None and column.n_distinct > _MANY_LEVELS:
        told = f"{column.n_distinct:,} levels in {present:,} rows: many have too few rows for a rate. Group them."
        yield Alert("many_levels", "info", name, f"{name} has {column.n_distinct:,} levels", told)


def _far_out(column: ColumnProfile, present: int) -> Iterator[Alert]:
    ends = [
        (column.n_far_low, column.far_low, "below", column.minimum),
        (column.n_far_high, column.far_high, "over", column.maximum),
    ]
    coded = {code for code, _ in column.suspected_codes}
    for n, bound, where, end in ends:
        if (
            not n
            or bound is None
            or n > _FAR_SHARE * present + 1
            or isinstance(end, str)
            or end is None
            or number_text(end) in coded
        ):
            continue
        which = "least" if where == "below" else "greatest"
        values = "value" if n == 1 else "values"
        told = f"{n:,} of {present:,} {values if present == 1 else 'values'}; the {which} is {_written(end)}."
        title = f"{n:,} {values} of {column.name} {'lies' if n == 1 else 'lie'} {where} {_written(bound)}"
        yield Alert("outliers", "caution", column.name, title, told, "missing")


def _missing_tells(column: ColumnProfile, profile: Profile) -> Iterator[Alert]:
    gap = _missing_band(column)
    if gap is None or gap[1] is None or profile.n_bad is None or gap[0] < _ROWS_TO_TELL:
        return
    n_others, bad_others = profile.n_rows - profile.n_unknown - gap[0], profile.n_bad - gap[1]
    here, there = wilson_interval(gap[1], gap[0]), wilson_interval(bad_others, n_others)
    if here[0] is None or there[0] is None or here[1] is None or there[1] is None:
        return
    if here[0] > there[1] or here[1] < there[0]:
        told = f"{gap[1] / gap[0]:.1%} of the {gap[0]:,} rows without it are bad, {bad_others / n_others:.1%} of the others."
        yield Alert("missing_tells", "info", column.name, f"That {column.name} is missing says something", told)


def _written(value: float) -> str:
    text = f"{value:,.0f}" if value == int(value) and abs(value) < 1e15 else number_text(value)
    return text.replace("-", "−")
