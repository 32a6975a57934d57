"""A profile, and a comparison of two tables, as text for a terminal."""

from pipeline.commands.texts import aligned, counted
from pipeline.errors import quoted
from pipeline.profiling.columns import date_text
from pipeline.profiling.results import ColumnProfile, Comparison, Profile, Shift

_NOTHING = "–"
STABLE, SHIFTED = 0.10, 0.25


def profile_text(profile: Profile) -> str:
    """Rows and outcome, the columns under each other, and what to look at."""
    return "\n\n".join(filter(None, [_head(profile), _columns(profile), _alerts(profile)]))


def _head(profile: Profile) -> str:
    said = f"{profile.n_rows:,} rows, {len(profile.columns):,} columns, {profile.n_missing:,} missing cells"
    if profile.n_duplicate_rows:
        said += f", {profile.n_duplicate_rows:,} rows that are copies of earlier ones"
    if profile.target is None:
        return said
    classes = ", ".join(f"{label} {count:,}" for label, count in profile.class_counts)
    lines = [said, f"{profile.target}: {classes}"] if classes else [said]
    if profile.n_bad is not None and profile.bad_rate is not None:
        known = profile.n_rows - profile.n_unknown
        interval = ""
        if profile.bad_rate_low is not None and profile.bad_rate_high is not None:
            interval = f" (95% interval {profile.bad_rate_low:.1%} to {profile.bad_rate_high:.1%})"
        lines.append(f"bad ('{profile.bad_label}'): {profile.n_bad:,} of {known:,} rows, {profile.bad_rate:.1%}{interval}")
    else:
        lines.append(f"No column was judged against {profile.target}: that takes two classes, or a label that counts as bad.")
    if profile.n_unknown:
        lines.append(f"{profile.n_unknown:,} of {profile.n_rows:,} rows have no outcome.")
    return "\n".join(lines)


def _columns(profile: Profile) -> str:
    judged = profile.n_bad is not None
    head = ("", "type", "missing", "distinct", "minimum", "median", "maximum", *(("IV", "AUC") if judged else ()))
    rows = [head, *(_row(column, judged) for column in profile.columns)]
    first, *lines = aligned(rows).splitlines()
    width = max(map(len, [first, *lines]))
    ends = [_commonest(column) for column in profile.columns]
    return "\n".join([first, *(f"{line:{width}}  {end}".rstrip() for line, end in zip(lines, ends, strict=True))])


def _row(column: ColumnProfile, judged: bool) -> tuple[str, ...]:
    median = dict(column.quantiles).get(0.5)
    cells = (
        column.name,
        column.kind,
        f"{column.n_missing / column.n_rows:.1%}" if column.n_missing else _NOTHING,
        counted(column.n_distinct),
        _value(column.minimum),
        date_text(median) if column.kind == "date" and median is not None else _value(median),
        _value(column.maximum),
    )
    return (*cells, _figure(column.information_value), _figure(column.auc)) if judged else cells


def _commonest(column: ColumnProfile) -> str:
    present = column.n_rows - column.n_missing
    if column.kind != "category" or not column.top or not present:
        return ""
    level, rows = column.top[0]
    return f"{level[:40]}: {rows / present:.1%}"


def _value(value: float | str | None) -> str:
    if value is None:
        return _NOTHING
    return value if isinstance(value, str) else f"{value:,.6g}" if abs(value) < 1e6 else f"{value:.6g}"


def _figure(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.3f}"


def _alerts(profile: Profile) -> str:
    return "\n".join(f"{alert.tone.capitalize()}: {alert.title.rstrip('.')}. {alert.detail}".rstrip() for alert in profile.alerts)


def comparison_text(comparison: Comparison) -> str:
    """The population stability index of each column, largest first."""
    lines = [
        f"{comparison.other_name}: {comparison.n_other:,} rows, against {comparison.reference_name}: "
        f"{comparison.n_reference:,} rows"
    ]
    if comparison.bad_rate_reference is not None and comparison.bad_rate_other is not None:
        lines.append(f"bad rate {comparison.bad_rate_other:.1%}, was {comparison.bad_rate_reference:.1%}")
    for names, where in ((comparison.only_other, comparison.other_name), (comparison.only_reference, comparison.reference_name)):
        if names:
            lines.append(f"only in {where}: {quoted(names, 10)}")
    ordered = sorted(comparison.shifts, key=lambda shift: -1.0 if shift.psi is None else shift.psi, reverse=True)
    rows = [("", "type", "PSI", ""), *((shift.name, shift.kind, _figure(shift.psi), _verdict(shift)) for shift in ordered)]
    return "\n".join(lines) + "\n\n" + aligned(rows)


def _verdict(shift: Shift) -> str:
    if shift.psi is None:
        return shift.note
    return "stable" if shift.psi < STABLE else "a shift" if shift.psi < SHIFTED else "a large shift"
