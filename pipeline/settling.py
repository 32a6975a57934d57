"""A spec against the data: what it leaves open is filled in, and what does not fit is refused, before anything is fitted."""

from dataclasses import replace

import pyarrow as pa

from pipeline.errors import InvalidSpec, UnusableData, quoted
from pipeline.levels import level_order
from pipeline.outcome import Outcome
from pipeline.solvers import solver_problem
from pipeline.spec import TrainSpec
from pipeline.suggestions import suggested_features
from pipeline.tallies import summarise

LeftOut = tuple[tuple[str, str], ...]


def settled(table: pa.Table, spec: TrainSpec, outcome: Outcome) -> tuple[TrainSpec, LeftOut, list[str]]:
    """The spec as a run uses it.

    Parameters
    ----------
    table : pyarrow.Table
    spec : TrainSpec
    outcome : Outcome
        Of the table and the spec.

    Returns
    -------
    spec : TrainSpec
        With its features in the order of the table, its bad label, and own class weights with an entry for every class. What is
        settled already comes back as it is.
    left_out : tuple of (column, reason)
    warnings : list of str

    Raises
    ------
    InvalidSpec
        Where an option names a column or a class that is not there, or the solver cannot fit so many classes.
    UnusableData
        Where no column is left that could be a feature.
    """
    names = table.schema.names
    for option in ("features", "categorical", "special_codes"):
        absent = [name for name in _named(spec, option) if name not in names]
        if absent:
            raise InvalidSpec.one(option, f"There is no column {quoted(absent)}; the columns are {quoted(names, 20)}.")
    if spec.target in spec.categorical:
        raise InvalidSpec.one("categorical", f"'{spec.target}' is the outcome; take it out of the categories.")
    problem = solver_problem(spec.solver, spec.penalty, len(outcome.labels), spec.multiclass)
    if problem:
        raise InvalidSpec.one("solver", problem)
    weights = _weights(spec, outcome)
    warnings = list(outcome.warnings)
    left_out: LeftOut = ()
    features = tuple(name for name in names if name in set(spec.features))
    decides = spec.split_column if spec.split != "random" else None
    if not features:
        features, left_out = suggested_features(summarise(table), spec.target, spec.categorical)
        if decides in features:
            features = tuple(name for name in features if name != decides)
            left_out = (*left_out, (decides, "it decides which rows are held out"))
        warnings += [f"Not used: '{name}' ({reason})." for name, reason in left_out]
    elif decides in features:
        warnings.append(
            f"'{decides}' decides which rows are held out and is a feature too: held-out rows have values of it that training "
            "never saw. Take it out of the features unless that is meant."
        )
    if not features:
        raise UnusableData("No column is left that could be a feature.", fix="Name the features that the model may use.")
    codes = tuple(entry for entry in spec.special_codes if entry[0] in features)
    spec = replace(spec, features=features, special_codes=codes, bad_label=outcome.bad_label, class_weights=weights)
    return spec, left_out, warnings


def weights_of_classes(spec: TrainSpec) -> tuple[float, ...]:
    """Own class weights in the order of the classes; the spec is settled, so that each class has one.

    The order follows from the names alone (good before bad; else that of levels), since a spec that was stored and read again
    holds them sorted as texts.
    """
    if spec.bad_label is None:
        return tuple(weight for _, weight in sorted(spec.class_weights, key=lambda entry: level_order(entry[0])))
    return tuple(weight for _, weight in sorted(spec.class_weights, key=lambda entry: entry[0] == spec.bad_label))


def _weights(spec: TrainSpec, outcome: Outcome) -> tuple[tuple[str, float], ...]:
    if spec.class_weight != "given":
        return spec.class_weights
    given = dict(spec.class_weights)
    strange = [label for label in given if label not in outcome.labels]
    if strange:
        raise InvalidSpec.one(
            "class_weights",
            f"'{spec.target}' has no class {quoted(strange)}; its classes are {quoted(outcome.labels, 20)}.",
        )
    if not given:
        raise InvalidSpec.one(
            "class_weights", f"Give the weight of a row of {quoted(outcome.labels, 20)}, such as {outcome.labels[-1]}: 5."
        )
    return tuple(sorted((label, given.get(label, 1.0)) for label in outcome.labels))


def _named(spec: TrainSpec, option: str) -> tuple[str, ...]:
    """The columns that an option names."""
    value = getattr(spec, option)
    return tuple(column for column, _ in value) if option == "special_codes" else tuple(value)
