"""A spec against the data: what it leaves open is filled in, and what does not fit is refused, before anything is fitted."""

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from pipeline.errors import InvalidSpec
from pipeline.levels import level_order
from pipeline.outcome import Outcome
from pipeline.results import ColumnSummary
from pipeline.solvers import solver_problem
from pipeline.spec import TrainSpec
from pipeline.spec_sentences import no_level
from pipeline.suggestions import suggested_features
from pipeline.tallies import summarise

LeftOut = tuple[tuple[str, str], ...]


def settled(
    table: pa.Table, spec: TrainSpec, outcome: Outcome, columns: Sequence[ColumnSummary] | None = None
) -> tuple[TrainSpec, LeftOut, list[str]]:
    """The spec as a run uses it.

    Parameters
    ----------
    table : pyarrow.Table
    spec : TrainSpec
        That `pipeline.spec_checks.check` has let pass.
    outcome : Outcome
        Of the table and the spec.
    columns : sequence of ColumnSummary, optional
        Of the table; made where features are to be found and none are given.

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
        Where the weights name a class that is not there, or the solver cannot fit so many classes.
    """
    problem = solver_problem(spec.solver, spec.penalty, len(outcome.labels), spec.multiclass)
    if problem:
        raise InvalidSpec.one("solver", problem)
    weights = _weights(spec, outcome)
    warnings = list(outcome.warnings)
    left_out: LeftOut = ()
    features = tuple(name for name in table.schema.names if name in set(spec.features))
    decides = spec.decides
    if not features:
        features, left_out = suggested_features(summarise(table) if columns is None else columns, spec.target, spec.categorical)
        if decides in features:
            features = tuple(name for name in features if name != decides)
            left_out = (*left_out, (decides, "it decides which rows are held out"))
        warnings += [f"Not used: '{name}' ({reason})." for name, reason in left_out]
    elif decides in features:
        warnings.append(
            f"'{decides}' decides which rows are held out and is a feature too: held-out rows have values of it that training "
            "never saw. Take it out of the features unless that is meant."
        )
    spec = replace(spec, features=features, bad_label=outcome.bad_label, class_weights=weights)
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
        raise InvalidSpec.one("class_weights", no_level(spec.target, strange, outcome.labels, "class"))
    return tuple(sorted((label, given.get(label, 1.0)) for label in outcome.labels))
