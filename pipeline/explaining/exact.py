"""The exact account of a score: a logistic regression is a sum, so its parts are the explanation.

The contribution of a column is β_j (x_j − r_j), with r the mean of the model's columns over the rows of the reference. With all
training rows as the reference these are the Shapley values of a linear model with independent columns (Lundberg and Lee 2017,
"A unified approach to interpreting model predictions", corollary 1), as shap's LinearExplainer gives them. A product of two
fields is a column of its own, and told as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.errors import UnusableData
from pipeline.explain_results import APPLICANT, CLASSES, ISOTONIC, LOGISTIC, Contribution, Explanation, Reference, Value
from pipeline.explaining.layout import layout_of
from pipeline.explaining.one_row import frame_of_values
from pipeline.explaining.one_row import one_row as one_row
from pipeline.explaining.products import shares_of_products
from pipeline.explaining.typical import typical_values
from pipeline.frame import Floats
from pipeline.model import FittedModel
from pipeline.terms import Design, design_of


@dataclass(frozen=True)
class Read:
    """One applicant as a model takes them, scored once for whatever is asked afterwards."""

    values: Mapping[str, Value]
    design: Design
    log_odds: tuple[float, ...]  # of each row of coefficients, before an isotonic recalibration
    probabilities: tuple[float, ...]  # of each class
    unseen: tuple[str, ...]  # fields that hold a value which training never saw


def groups_of(model: FittedModel) -> dict[tuple[str, ...], list[int]]:
    """The columns of a model by what contributions are told for: each field, and each pair of fields for their products."""
    return layout_of(model).groups


def classes_of(model: FittedModel) -> tuple[str, ...]:
    """The labels that have log-odds, in the order of the rows of coefficients."""
    return model.labels[1:] if model.link == "reference" else model.labels


def class_row(model: FittedModel, label: str | None = None) -> int:
    """The row of coefficients of a class (the bad one where none is named).

    Raises UnusableData for a class that has no log-odds of its own.
    """
    labelled = classes_of(model)
    wanted = labelled[0] if label is None else label
    if wanted not in labelled:
        raise UnusableData(f"The model has no log-odds for '{wanted}'.", fix=f"Choose one of {', '.join(labelled)}.")
    return labelled.index(wanted)


def contributions(model: FittedModel, design: Design, reference: Reference, k: int = 0) -> tuple[float, Floats]:
    """Intercept and contributions of the rows of a design.

    Returns
    -------
    intercept : float
        The (corrected) log-odds of the reference.
    contributions : ndarray of float, shape (n_rows, n_groups)
        In the order of `groups_of`, column by column; intercept + their sum is what `model.log_odds` gives.
    """
    layout = layout_of(model)
    weights, at = layout.weights[k], np.array(reference.columns)
    offsets = np.bincount(layout.group_of, weights[1:] * at[1:], len(layout.groups))
    found = np.empty((design.n_rows, len(layout.groups)), order="F")
    found[:] = 0.0 - offsets  # and not −0
    for j, (position, g) in enumerate(layout.dense):
        found[:, g] += weights[position] * design.dense[:, j]
    padded = np.append(weights, 0.0)  # a code of -1 belongs nowhere
    for j, g in enumerate(layout.codes):
        found[:, g] += padded[design.codes[:, j]]
    return float(weights[0] - model.prior_shift[k] + offsets.sum()), found


def read(model: FittedModel, values: Mapping[str, Value]) -> Read:
    """Scores the values of each of `model.fields`.

    Raises UnusableData where a field has none of its kind, or where powers and products of them are too large for a number.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        design, unseen = design_of(frame_of_values(model, values), model.terms)
        log_odds = model.log_odds_of(design)
    if not np.isfinite(log_odds).all():
        raise UnusableData("These values are too large to be scored.", fix="See that they are right.")
    chances = model.probabilities_of(log_odds)[0]
    return Read(values, design, tuple(map(float, log_odds[0])), tuple(map(float, chances)), tuple(unseen))


def explain(model: FittedModel, values: Mapping[str, Value], reference: Reference, label: str | None = None) -> Explanation:
    """The exact account of one applicant.

    Parameters
    ----------
    values : mapping
        The value of each of `model.fields`.
    reference : Reference
        What contributions are counted from.
    label : str, optional
        The class whose log-odds are taken apart, for three classes and more.

    Raises
    ------
    UnusableData
        Where a field has no value of its kind, or the class no log-odds.
    """
    return taken_apart(model, read(model, values), reference, label)


def taken_apart(model: FittedModel, found: Read, reference: Reference, label: str | None = None) -> Explanation:
    """The account of an applicant who was read before, as `explain`; its log-odds are the model's, and not the sum."""
    k = class_row(model, label)
    named, values = classes_of(model)[k], found.values
    intercept, parts = contributions(model, found.design, reference, k)
    typical, shares = typical_values(model, reference), shares_of_products(model, found.design, reference, k)
    told = tuple(
        Contribution(sources[0], sources, values[sources[0]], part, typical.get(sources[0]))
        if len(sources) == 1
        else Contribution(" × ".join(sources), sources, None, part, shares=shares[sources])
        for sources, part in zip(groups_of(model), parts[0].tolist(), strict=True)
    )
    return Explanation(
        label=named,
        log_odds=found.log_odds[k],
        probability=found.probabilities[model.labels.index(named)],
        intercept=intercept,
        contributions=told,
        reference=reference.words,
        reference_kind=reference.kind,
        unseen=found.unseen,
        link=CLASSES if len(model.labels) > 2 else LOGISTIC if model.calibration is None else ISOTONIC,
        n_reference=reference.n_rows if reference.kind != APPLICANT else None,
    )


def account(model: FittedModel, table: pa.Table, reference: Reference, label: str | None = None) -> tuple[float, Floats, Floats]:
    """The exact account of many rows, which share one design.

    Parameters
    ----------
    table : pyarrow.Table
        Has the model's fields. A chunk at a time, so that memory stays flat.
    reference, label
        As in `explain`.

    Returns
    -------
    intercept : float
    contributions : ndarray of float, shape (n_rows, n_groups)
        As `contributions` gives them.
    probabilities : ndarray of float, shape (n_rows, n_classes)
        As the model gives them, after its calibration; NaN in rows whose values are too large to be scored.
    """
    k = class_row(model, label)
    with np.errstate(over="ignore", invalid="ignore"):
        design, _ = design_of(model.frame(table), model.terms)
        intercept, parts = contributions(model, design, reference, k)
    return intercept, parts, model.probabilities_of(model.log_odds_of(design))
