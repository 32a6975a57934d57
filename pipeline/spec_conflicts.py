"""Options that are right alone and wrong together, each with the sentence that stands on its field."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.errors import quoted
from pipeline.shown import short
from pipeline.solvers import solver_problem
from pipeline.spec_sentences import too_little_left

if TYPE_CHECKING:
    from pipeline.spec import TrainSpec

LEAST_BOOTSTRAP = 40  # refits; with fewer no draw stands outside each end of a 95% interval

# Options that name features, and what such a column does.
NAMING = {
    "categorical": "is read as a category",
    "special_codes": "has special codes",
    "log_columns": "is to enter as a logarithm",
    "degree_columns": "is to have powers",
    "woe_columns": "is to be binned",
    "orders": "has an order of levels",
    "reference_levels": "has a reference level",
    "interactions": "is part of an interaction",
}


def columns_named(spec: "TrainSpec", option: str) -> tuple[str, ...]:
    """The columns that an option of `NAMING` names, each once; none where the option has no effect beside the others."""
    if not matters(spec, option):
        return ()
    held = getattr(spec, option)
    if option == "interactions":
        return tuple(dict.fromkeys(name for pair in held for name in pair))
    return tuple(entry if isinstance(entry, str) else entry[0] for entry in held)


def matters(spec: "TrainSpec", name: str) -> bool:
    """Whether an option has an effect beside the others."""
    option = next(option for option in spec.options() if option.name == name)
    return option.matters(vars(spec))


def conflicts_of(spec: "TrainSpec") -> dict[str, str]:
    """A sentence for each option that does not go with the others; of several on one option the first."""
    found: dict[str, str] = {}
    for name, sentence in (*_columns(spec), *_split(spec), *_values(spec), *_model(spec)):
        found.setdefault(name, sentence)
    return found


def _columns(spec: "TrainSpec") -> Iterable[tuple[str, str]]:
    if spec.target in spec.features:
        named = short(spec.target)
        yield "features", f"'{named}' is the outcome, so it cannot be a feature too; take it out of the features."
    for option, does in NAMING.items():
        names = columns_named(spec, option)
        if spec.target in names:
            yield option, f"'{short(spec.target)}' is the outcome, and it {does}; take it out here."
        stray = [name for name in names if spec.features and name not in spec.features]
        if stray:
            yield option, f"{quoted(stray)} {does} but is not among the features; add it there, or take it out here."
    ordered = columns_named(spec, "orders")
    numbers = {**dict.fromkeys(columns_named(spec, "log_columns"), "log_columns")}
    numbers |= {name: "degree_columns" for name in columns_named(spec, "degree_columns") if name not in ordered}
    for name, option in numbers.items():
        if name in spec.categorical:
            yield option, f"'{short(name)}' is read as a category, which {_LACKS[option]}; take it out of one of the two."
    if ordered:
        both = [name for name in columns_named(spec, "reference_levels") if name in ordered]
        if both:
            yield "reference_levels", f"{quoted(both)} enters as one number by its order, so it has no reference level."


_LACKS = {"log_columns": "has no logarithm", "degree_columns": "has no powers"}


def _split(spec: "TrainSpec") -> Iterable[tuple[str, str]]:
    if spec.split != "random":
        what = "dates" if spec.split == "date" else "groups"
        if spec.split_column is None:
            yield "split_column", f"Choose the column of {what} that decides which rows are held out."
        elif spec.split_column == spec.target:
            yield "split_column", f"'{short(spec.target)}' is the outcome, so it cannot decide the side of a row; choose another."
    too_little = too_little_left(spec.test_share, spec.validation_share)
    if too_little:
        yield "validation_share", too_little
    if spec.folds == 1:
        yield "folds", "Cross-validation needs at least 2 folds; 0 leaves it out."
    if spec.fold_repeats > 1 and not spec.folds:
        yield "fold_repeats", "There are no folds to repeat; choose at least 2 folds, or 1 repeat."


def _values(spec: "TrainSpec") -> Iterable[tuple[str, str]]:
    if spec.missing_categories == "constant":
        if spec.missing_level is None:
            yield "missing_level", "Name the level that stands in for a missing category."
        elif not spec.missing_level.isprintable() or not spec.missing_level.strip():
            yield "missing_level", f"'{short(spec.missing_level)}' cannot be the name of a level; write it in plain letters."
    if spec.weight_of_evidence == "chosen" and not spec.woe_columns:
        yield "woe_columns", "Name the columns that enter as weight of evidence, or choose Everywhere."


def _model(spec: "TrainSpec") -> Iterable[tuple[str, str]]:
    if spec.class_weight == "given" and not spec.class_weights:
        yield "class_weights", "Give the weight of a class, such as bad: 5."
    problems = [solver_problem(spec.solver, spec.penalty, n, spec.multiclass) for n in ((2,) if spec.bad_label else (2, 3))]
    if all(problems):
        yield "solver", str(problems[0])
    if 0 < spec.bootstrap < LEAST_BOOTSTRAP:
        yield (
            "bootstrap",
            f"{spec.bootstrap} refits give no interval; choose at least {LEAST_BOOTSTRAP}, better 200, or 0 to leave it out.",
        )
