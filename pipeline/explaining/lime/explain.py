"""LIME's account of one applicant, with the run's own scores, and how far it agrees with the exact one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np

from pipeline.errors import UnusableData
from pipeline.explain_results import LOGISTIC, Explanation, LimeBackground, LimeColumn, Value
from pipeline.explaining.exact import one_row
from pipeline.explaining.lime.agreement import MIDDLE, compared, spearman
from pipeline.explaining.lime.columns import NUMBER, STATE, Numbers, base_terms, frame_of_samples, read
from pipeline.explaining.lime.explainer import Explainer, Score, WeightedRidge, default_kernel_width, explainer, seeded
from pipeline.explaining.lime.words import shown_number
from pipeline.frame import Floats
from pipeline.lime_results import LimeResult, LimeWeight
from pipeline.model import FittedModel
from pipeline.shown import short
from pipeline.terms import MISSING_LEVEL, ProductTerm, design_of

N_SAMPLES, N_SEEDS = 5_000, 20


class Encoded(NamedTuple):
    """An applicant as LIME takes it.

    Attributes
    ----------
    columns : tuple of LimeColumn
        With a level that no training row has behind the others.
    row : ndarray of float, shape (n_columns,)
    filled : set of str
        Numbers that the applicant has none of: a fill stands in their place.
    """

    columns: tuple[LimeColumn, ...]
    row: Floats
    filled: set[str]


def lime_explain(
    model: FittedModel,
    background: LimeBackground,
    values: Mapping[str, Value],
    *,
    exact: Explanation | None = None,
    label: str | None = None,
    seed: int,
    n_samples: int = N_SAMPLES,
    kernel_width: float | None = None,
    n_seeds: int = N_SEEDS,
    discretised: bool = True,
) -> LimeResult:
    """LIME's weights for the probability of a class.

    Parameters
    ----------
    background : LimeBackground
        Of the training rows.
    values : mapping
        The value of each of `model.fields`.
    exact : Explanation, optional
        The exact account of the same applicant and class against the average applicant, to be compared with. A class without
        log-odds of its own has none.
    label : str, optional
        The class; that of the exact account, or the bad one, where none is named.
    seed : int
        Of the weights, from 0 to 2³² − 1; the repeats take seeds that are made of it.
    n_samples : int
        Drawn for each repeat, the applicant among them.
    kernel_width : float, optional
        The package's own where none is given: 0.75 · √columns.
    n_seeds : int
        Repeats, the first with `seed` itself; the intervals are the middle 95% of them.
    discretised : bool
        Cuts numbers into quarters of the training rows, as the package does unless it is told otherwise.

    Returns
    -------
    LimeResult
        Its weights are those of `lime.lime_tabular.LimeTabularExplainer(training matrix, random_state=seed,
        feature_selection="none").explain_instance(...)`, on the columns of `pipeline.explaining.lime.columns`.

    Raises
    ------
    UnusableData
        Where a field has no value of its kind, the background holds nothing for LIME, or there is no such class.

    References
    ----------
    Ribeiro, Singh and Guestrin (2016), "Why should I trust you?": explaining the predictions of any classifier.
    """
    if not background.columns:
        raise UnusableData("There is nothing that LIME could draw from.", fix="Use a run with at least one field.")
    taken = encoded(model, background, values)
    width = default_kernel_width(background) if kernel_width is None else float(kernel_width)
    wanted = _class_of(model, exact, label)
    score, place = _scorer(model, taken.columns), model.labels.index(wanted)
    kept = explainer(background, discretised)
    drawn = [_drawn(seeded(kept, one, width), taken.row, score, place, n_samples) for one in seeds_of(seed, n_seeds)]
    weights = np.array([one.weights for one in drawn])
    told = _weights(weights, taken, discretised=discretised)
    return LimeResult(
        label=wanted,
        probability=float(score(taken.row[None, :])[0, place]),
        weights=tuple(sorted(told, key=lambda one: -abs(one.effect))),
        **_fit(drawn),
        **_agreement(weights * np.array([one.at for one in told]), taken, values, exact),
        seed=seed,
        n_samples=n_samples,
        kernel_width=width,
        n_seeds=n_seeds,
        discretised=discretised,
        version=version("lime"),
        link=exact.link if exact is not None else LOGISTIC,
        has_products=any(isinstance(term, ProductTerm) for term in model.terms),
    )


def _scorer(model: FittedModel, columns: tuple[LimeColumn, ...]) -> Score:
    """The probabilities of all classes for samples that LIME draws, without another reading of what it has encoded."""

    def score(samples: Floats) -> Floats:
        design, _ = design_of(frame_of_samples(columns, samples), model.terms)
        return model.probabilities_of(model.log_odds_of(design))

    return score


def _class_of(model: FittedModel, exact: Explanation | None, label: str | None) -> str:
    """The class to explain. Raises UnusableData for one that the model has not, or that the exact account is not of."""
    wanted = label if label is not None else exact.label if exact is not None else model.labels[1]
    if wanted not in model.labels:
        raise UnusableData(f"The model has no class '{short(wanted)}'.", fix=f"Choose one of {', '.join(model.labels)}.")
    if exact is not None and exact.label != wanted:
        raise UnusableData(f"The exact account is of '{short(exact.label)}'.", fix="Compare accounts of one class.")
    return wanted


@dataclass(frozen=True)
class _Drawn:
    """What one repeat gives; weights in the order of the columns."""

    weights: Floats
    intercept: float
    r2: float
    prediction: float
    n_effective: float


def _drawn(explaining: Explainer, row: Floats, score: Score, label: int, n_samples: int) -> _Drawn:
    ridge = WeightedRidge()
    found = explaining.explain_instance(row, score, labels=(label,), num_samples=n_samples, model_regressor=ridge)
    weights = np.array([weight for _, weight in sorted(found.local_exp[label])])
    return _Drawn(weights, ridge.intercept_, float(found.score), float(found.local_pred[0]), ridge.n_effective)


def _fit(drawn: list[_Drawn]) -> dict[str, Any]:
    """How well the line of the first repeat fits, as LimeResult has it; R² with the middle of all repeats."""
    own = drawn[0]
    low, high = np.quantile([one.r2 for one in drawn], MIDDLE)
    return {
        "local_prediction": own.prediction,
        "local_r2": own.r2,
        "r2_low": float(low),
        "r2_high": float(high),
        "intercept": own.intercept,
        "n_effective": own.n_effective,
    }


def _agreement(effects: Floats, taken: Encoded, values: Mapping[str, Value], exact: Explanation | None) -> dict[str, Any]:
    """Each field beside the exact account, as LimeResult has it; `effects` has shape (n_seeds, n_columns)."""
    own_fill = taken.filled - {column.field for column in taken.columns if column.kind == STATE}
    fields = compared(effects, exact, taken.columns, taken.row, values, own_fill) if exact is not None else ()
    agreement = spearman(np.array([one.effect for one in fields]), np.array([one.exact for one in fields]))
    return {"fields": fields, "rank_agreement": agreement}


def _weights(drawn: Floats, taken: Encoded, *, discretised: bool) -> list[LimeWeight]:
    """The first repeat's weight of each column, with the interval of all repeats; `drawn` has shape (n_seeds, n_columns)."""
    low, high = np.quantile(drawn, MIDDLE, axis=0)
    return [
        LimeWeight(
            field=column.field,
            weight=float(drawn[0, j]),
            low=float(low[j]),
            high=float(high[j]),
            **_rule(column, taken.row[j], discretised, is_filled=column.field in taken.filled),
        )
        for j, column in enumerate(taken.columns)
    ]


def seeds_of(seed: int, n_seeds: int) -> list[int]:
    """The seeds of the repeats: the seed itself, then others that are made of it."""
    more = np.random.SeedSequence(seed).generate_state(max(n_seeds - 1, 0))
    return [seed, *map(int, more)]


def encoded(model: FittedModel, background: LimeBackground, values: Mapping[str, Value]) -> Encoded:
    """Raises UnusableData where a field has no value of its kind."""
    frame = model.frame(one_row(model, values))
    found = {term.field: read(frame, None, term) for term in base_terms(model.terms)}
    columns, row = [], []
    filled = {name for name, one in found.items() if isinstance(one, Numbers) and np.isnan(one.values[0])}
    for column in background.columns:
        field = found[column.field]
        if column.kind == NUMBER and isinstance(field, Numbers):
            row.append(column.fill if column.field in filled else float(field.values[0]))
        else:
            levels = field.states if isinstance(field, Numbers) else field
            level = levels.names[int(levels.codes[0])]
            if level not in column.levels:
                column = replace(column, levels=(*column.levels, level))
            row.append(float(column.levels.index(level)))
        columns.append(column)
    return Encoded(tuple(columns), np.array(row), filled)


def _rule(column: LimeColumn, x: float, discretised: bool, *, is_filled: bool) -> dict[str, Any]:
    """What a weight is about, as LimeWeight has it."""
    if column.kind != NUMBER:
        level = column.levels[int(x)]
        is_gap = level is None or level == MISSING_LEVEL
        return {"rule": "is missing" if is_gap else f"is {level}", "level": level}
    if not discretised:
        words = f"counted as {shown_number(x)}" if is_filled else f"per {shown_number(column.scale)} more"
        return {"rule": words, "at": float((x - column.mean) / column.scale)}
    if is_filled:
        return {"rule": f"counted as {shown_number(x)}"}
    ends = (None, *column.quartiles, None)
    k = int(np.searchsorted(column.quartiles, x))
    above, up_to = ends[k], ends[k + 1]
    parts = [f"{word} {shown_number(end)}" for word, end in (("over", above), ("up to", up_to)) if end is not None]
    return {"rule": " and ".join(parts), "above": above, "up_to": up_to}
