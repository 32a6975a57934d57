"""A spec against the columns of a table, before a row is read: what cannot work, told at its option.

The use case that starts a run, the command line and training itself ask here, so that all say the same. What the columns'
summaries do not hold (levels beyond those that are kept, what is in the training part) is told where it is met.
"""

from collections.abc import Iterable, Mapping, Sequence

from pipeline.errors import InvalidSpec, quoted
from pipeline.levels import MISSING, OTHER, level_order
from pipeline.results import ColumnSummary
from pipeline.shown import short
from pipeline.solvers import solver_problem
from pipeline.spec import TrainSpec
from pipeline.spec_conflicts import NAMING, columns_named, matters
from pipeline.spec_sentences import (
    MOST_CLASSES,
    SHOWN,
    many_values,
    no_column,
    no_level,
    no_logarithm,
    one_row,
    one_value,
)
from pipeline.suggestions import suggested_features

SPECIAL_LEVELS = (MISSING, OTHER)  # levels that training makes

__all__ = ["check", "class_counts", "columns_named", "features_of", "matters", "problems_with", "share_of"]

Columns = Mapping[str, ColumnSummary]


def problems_with(spec: TrainSpec, columns: Sequence[ColumnSummary]) -> dict[str, str]:
    """What of a spec does not go with a table.

    Parameters
    ----------
    spec : TrainSpec
        As parsed: what is wrong whatever the table is, `TrainSpec.conflicts` has told.
    columns : sequence of ColumnSummary
        All columns of the table.

    Returns
    -------
    dict of str to str
        Option to sentence, the first of several on one option; empty where nothing speaks against training.
    """
    by_name = {column.name: column for column in columns}
    found: dict[str, str] = {}
    for name, sentence in _unknown(spec, by_name):
        found.setdefault(name, sentence)
    if found:
        return found
    checks = (_outcome, _kinds, _numbers, _mixed, _levels, _split, _sizes)
    for name, sentence in (pair for check in checks for pair in check(spec, by_name)):
        found.setdefault(name, sentence)
    return found


def check(spec: TrainSpec, columns: Sequence[ColumnSummary]) -> None:
    """Raises InvalidSpec where options do not go together, or not with the columns of a table."""
    problems = spec.conflicts() or problems_with(spec, columns)
    if problems:
        raise InvalidSpec(problems)


def features_of(spec: TrainSpec, columns: Sequence[ColumnSummary]) -> tuple[str, ...]:
    """The features of a spec: those named, or those that the columns suggest, without the one that decides the split."""
    if spec.features:
        return spec.features
    return tuple(name for name in suggested_features(columns, spec.target, spec.categorical)[0] if name != spec.decides)


def class_counts(spec: TrainSpec, columns: Columns) -> dict[str, int] | None:
    """Rows of each class, as training will make them; None where the summary does not hold every label."""
    target = columns[spec.target]
    counts = dict(target.levels)
    known = target.n_rows - target.n_missing
    if spec.bad_label is not None and spec.bad_label in counts:
        bad = counts[spec.bad_label]
        others = [label for label in counts if label != spec.bad_label]
        return {(others[0] if target.n_distinct == 2 and others else f"not {spec.bad_label}"): known - bad, spec.bad_label: bad}
    return counts if _complete(target) else None


def _unknown(spec: TrainSpec, columns: Columns) -> Iterable[tuple[str, str]]:
    named = [("target", (spec.target,)), ("features", spec.features)]
    named += [(option, columns_named(spec, option)) for option in NAMING]
    if spec.split != "random" and spec.split_column is not None:
        named.append(("split_column", (spec.split_column,)))
    for option, names in named:
        absent = [name for name in names if name not in columns]
        if absent:
            yield option, no_column(absent, columns)


def _outcome(spec: TrainSpec, columns: Columns) -> Iterable[tuple[str, str]]:
    target, named = columns[spec.target], f"'{short(spec.target)}'"
    if target.n_distinct is not None and target.n_distinct < 2:
        yield "target", one_value(spec.target, [level for level, _ in target.levels], any_value=target.n_distinct == 1)
        return
    counts = dict(target.levels)
    if spec.bad_label is not None and counts and _complete(target) and spec.bad_label not in counts:
        yield "bad_label", no_level(spec.target, [spec.bad_label], counts, "label")
        return
    if spec.bad_label is None and (target.n_distinct is None or target.n_distinct > MOST_CLASSES):
        yield "target", many_values(spec.target, target.n_distinct)
        return
    classes = class_counts(spec, columns)
    single = [label for label, rows in (classes or {}).items() if rows < 2]
    if single:
        yield "target", one_row(spec.target, single)
    if classes is None:
        return
    if matters(spec, "class_weights"):
        absent = [label for label, _ in spec.class_weights if label not in classes]
        if absent:
            yield "class_weights", no_level(spec.target, absent, classes, "class")
    if len(classes) > 2 and spec.weight_of_evidence != "none":
        yield (
            "weight_of_evidence",
            f"Weight of evidence compares goods with bads, and {named} has {len(classes)} classes; choose Nowhere, or say which "
            "label is bad.",
        )
    problem = solver_problem(spec.solver, spec.penalty, len(classes), spec.multiclass)
    if problem:
        yield "solver", problem


def _kinds(spec: TrainSpec, columns: Columns) -> Iterable[tuple[str, str]]:
    """Columns whose kind does not go with what they are to be."""
    dates = [name for name in spec.features if columns[name].kind == "date"]
    if dates:
        yield "features", f"{quoted(dates)} holds dates, which a model cannot take; take it out of the features."
    features = features_of(spec, tuple(columns.values()))
    if not features:
        yield "features", "No column is left that could be a feature; name the features that the model may use."
    for option, does in NAMING.items():
        stray = [name for name in columns_named(spec, option) if name not in features]
        if stray and not spec.features:
            yield option, f"{quoted(stray)} {does}, but without features named it is not one of them; name the features."


def _numbers(spec: TrainSpec, columns: Columns) -> Iterable[tuple[str, str]]:
    """Logarithms and powers, which take numbers."""
    for option, what in (("log_columns", "a logarithm"), ("degree_columns", "powers")):
        named = columns_named(spec, option)
        if option == "degree_columns":  # an ordered category enters as a number
            named = tuple(name for name in named if name not in columns_named(spec, "orders"))
        others = [name for name in named if columns[name].kind != "number"]
        if others:
            yield option, f"{quoted(others)} holds no numbers, so it has no {what.removeprefix('a ')}; take it out here."
    for name in columns_named(spec, "log_columns"):
        least = columns[name].minimum
        codes = {level_order(code)[1] for code, _ in spec.codes_of(name)}  # beside the least, training looks for others
        if isinstance(least, int | float) and least <= -1 and least not in codes and not spec.binned(name):
            yield "log_columns", no_logarithm(name, least)


def _mixed(spec: TrainSpec, columns: Columns) -> Iterable[tuple[str, str]]:
    """SMOTENC, which takes categories and numbers at once."""
    if spec.resampling != "smotenc" or spec.weight_of_evidence != "none" or spec.special_codes or spec.missing_indicator:
        return  # columns of 1 and 0 count as categories too, or bins take the place of levels: training tells
    ordered = dict(spec.orders)
    features = [columns[name] for name in features_of(spec, tuple(columns.values()))]
    categories = [column for column in features if _is_category(column, spec) and column.name not in ordered]
    if not categories:
        yield "resampling", "SMOTENC needs a category among the features, and there is none; choose SMOTE."
    elif len(categories) == len(features):
        yield "resampling", "SMOTENC needs a number among the features, and there is none; choose over-sampling or SMOTE."


def _levels(spec: TrainSpec, columns: Columns) -> Iterable[tuple[str, str]]:
    """Orders and reference levels, which take categories with these levels."""
    for option in ("orders", "reference_levels"):
        for name in columns_named(spec, option):
            if columns[name].kind == "number" and name not in spec.categorical:
                yield option, f"'{short(name)}' holds numbers, which have their order; name it under Read as categories first."
    made = (*SPECIAL_LEVELS, spec.missing_level)
    if columns_named(spec, "reference_levels"):
        for name, level in spec.reference_levels:
            levels = _all_levels(columns[name])
            if levels and level not in (*levels, *made):
                yield "reference_levels", no_level(name, [level], levels)
    for name, order in spec.orders:
        levels = _all_levels(columns[name])
        absent = [level for level in order if levels and level not in (*levels, *made)]
        unnamed = [level for level in levels if level not in order]
        if absent:
            yield "orders", no_level(name, absent, levels)
        elif unnamed:
            yield "orders", f"The order of '{short(name)}' leaves out {quoted(unnamed, SHOWN)}; give every level its place."


def _split(spec: TrainSpec, columns: Columns) -> Iterable[tuple[str, str]]:
    if spec.split == "random" or spec.split_column is None:
        return
    column, named = columns[spec.split_column], f"'{short(spec.split_column)}'"
    if spec.split == "date" and column.kind not in {"date", "number"}:
        yield "split_column", f"{named} holds neither dates nor numbers, so no row of it is later than another; choose another."
    elif column.n_distinct is not None and column.n_distinct < 2:
        what = "date" if spec.split == "date" else "group"
        yield "split_column", f"{named} holds one {what} only, so nothing can be held out by it; choose another."
    elif spec.split == "group" and column.name in spec.features and _is_category(column, spec):
        yield (
            "split_column",
            f"{named} is a feature too, and training sees none of the held-out rows' groups; take it out of the features.",
        )


def _sizes(spec: TrainSpec, columns: Columns) -> Iterable[tuple[str, str]]:
    """Whether there are rows enough, as far as the counts of the classes tell."""
    target = columns[spec.target]
    known = target.n_rows - target.n_missing
    n_train = known - round(known * spec.test_share) - round(known * spec.validation_share)
    classes = class_counts(spec, columns)
    rarest = _training_rows(min(classes.values()), spec) if classes else None
    if spec.folds and spec.folds > n_train:
        yield "folds", f"{spec.folds} folds need {spec.folds} training rows, and there are {n_train:,}; choose fewer folds."
    elif spec.folds and rarest is not None and spec.folds > rarest:
        needs = f"{spec.folds} folds need {spec.folds} training rows of each class"
        yield "folds", f"{needs}, and the rarest has {rarest}; choose fewer folds."
    if classes and rarest is not None and matters(spec, "neighbours") and len(set(classes.values())) > 1:
        seen = rarest - -(-rarest // spec.folds) if spec.folds else rarest
        if seen <= spec.neighbours:
            needs = f"{spec.neighbours} neighbours need {spec.neighbours + 1} rows of each class"
            yield "neighbours", f"{needs}, and a fit sees {seen} of the rarest; choose fewer neighbours, or over-sampling."
    n_features = len(features_of(spec, tuple(columns.values())))
    if spec.penalty == "none" and n_features >= n_train:
        yield (
            "features",
            f"{n_features:,} features and {n_train:,} rows to train on: without a penalty such a model fits any outcome; choose "
            "fewer features, or a penalty.",
        )


def _training_rows(rows: int, spec: TrainSpec) -> int:
    """Of a class, as far as it is known before the rows are drawn: at most all of them."""
    if spec.split != "random" or not spec.stratify:
        return rows
    return rows - min(share_of(rows, spec.test_share) + share_of(rows, spec.validation_share), rows - 1)


def share_of(rows: int, share: float) -> int:
    """The rows of a class that are put aside: its share, rounded half up."""
    return int(share * rows + 0.5)


def _is_category(column: ColumnSummary, spec: TrainSpec) -> bool:
    return column.kind in {"category", "text"} or column.name in spec.categorical


def _complete(column: ColumnSummary) -> bool:
    """Whether the summary holds every value of the column."""
    return column.n_distinct is not None and len(column.levels) == column.n_distinct


def _all_levels(column: ColumnSummary) -> tuple[str, ...]:
    """Every level; () where the summary does not hold them all."""
    return tuple(level for level, _ in column.levels) if _complete(column) else ()
