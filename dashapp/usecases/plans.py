"""What a training run would do, told from the data set's column summaries before any row is read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashapp.usecases.datasets import DatasetView
from dashapp.usecases.plan_sizes import coefficients_of, fits_of, rows_of_parts
from pipeline.results import ColumnSummary
from pipeline.roles import has_roles
from pipeline.spec import TrainSpec
from pipeline.spec_checks import class_counts, features_of
from pipeline.special_codes import SpecialCodes, special_codes
from pipeline.suggestions import default_bad_label, suggested_features

Caution = tuple[str, str]


@dataclass(frozen=True)
class Plan:
    """Rows and features of a run to be. `cautions` are (title, sentence)."""

    n_train: int
    n_test: int
    n_unknown: int
    n_features: int
    bad_rate: float | None
    cautions: tuple[Caution, ...]
    n_validation: int = 0
    exact: bool = True  # whether the parts will have just these rows
    n_coefficients: int | None = None  # intercepts apart; null where levels are not counted
    coefficients_exact: bool = False
    n_fits: int = 1


def likely_bad_label(view: DatasetView, target: str | None) -> str | None:
    """The label that counts as bad until the user says otherwise; None for three labels and more."""
    column = view.column(target) if target else None
    if column is None or column.n_distinct != 2:
        return None
    return default_bad_label(dict(column.levels))


def left_out(view: DatasetView, target: str | None) -> dict[str, str]:
    """Columns that are not ticked at first, each with the reason."""
    _, reasons = suggested_features(view.columns, target or "")
    return {**dict(reasons), **({target: "the outcome"} if target else {})}


def special_codes_of(view: DatasetView, target: str | None) -> SpecialCodes:
    """The special codes that the data set was saved with."""
    return special_codes({column.name: column.codes for column in view.columns if column.codes and column.name != target})


def codes_of_features(view: DatasetView, raw: Any, features: Sequence[Any]) -> Any:
    """Codes as a form holds them, without those of the data set's other columns; what is none is left for the spec to refuse."""
    try:
        codes = special_codes(raw)
    except (ValueError, TypeError):
        return raw
    return tuple(entry for entry in codes if entry[0] in features or view.column(entry[0]) is None)


def with_roles(given: Mapping[str, Any], columns: Sequence[ColumnSummary]) -> dict[str, Any]:
    """Raw values of a spec, filled in by the data set where they say nothing: features by role, and the codes of the features."""
    filled = dict(given)
    if not has_roles(columns) or not isinstance(filled.get("target"), str):
        return filled
    if not filled.get("features"):
        coded = filled.get("categorical")
        found = suggested_features(columns, filled["target"], coded if isinstance(coded, list | tuple) else ())[0]
        decides = filled.get("split_column") if filled.get("split", "random") != "random" else None
        filled["features"] = [name for name in found if name != decides]
    if "special_codes" not in filled and isinstance(filled["features"], list | tuple):
        coded = [column for column in columns if column.codes and column.name in filled["features"]]
        filled["special_codes"] = {column.name: dict(column.codes) for column in coded}
    return filled


def plan(view: DatasetView, spec: TrainSpec) -> Plan:
    """The run that a spec would be; the spec is checked against the columns."""
    columns = {column.name: column for column in view.columns}
    target = columns[spec.target]
    known = target.n_rows - target.n_missing
    rows = rows_of_parts(spec, columns)
    n_coefficients, exact = coefficients_of(spec, columns)
    classes = class_counts(spec, columns)
    bad = classes.get(spec.bad_label or "") if classes is not None else None
    found = Plan(
        n_train=rows.train,
        n_test=rows.test,
        n_unknown=view.n_rows - known,
        n_features=len(features_of(spec, view.columns)),
        bad_rate=bad / known if bad is not None and known else None,
        cautions=(),
        n_validation=rows.validation,
        exact=rows.exact,
        n_coefficients=n_coefficients,
        coefficients_exact=exact,
        n_fits=fits_of(spec),
    )
    return replace(found, cautions=tuple(_cautions(spec, found, classes, view)))


def _cautions(spec: TrainSpec, planned: Plan, classes: Mapping[str, int] | None, view: DatasetView) -> Iterable[Caution]:
    yield from _about_probabilities(spec)
    if spec.test_share == 0:
        yield "Nothing is held out", "The run reports training figures only, and they flatter."
    if planned.n_coefficients is not None and classes:
        rarer = round(min(classes.values()) * planned.n_train / max(planned.n_train + planned.n_validation + planned.n_test, 1))
        if rarer < 10 * planned.n_coefficients:
            yield (
                "Few cases for so many coefficients",
                f"About {rarer:,} training rows of the rarest class for {planned.n_coefficients:,} coefficients; fewer than 10 "
                "for each.",
            )
    if spec.split != "random" and spec.split_column in spec.features:
        yield (
            f"{spec.split_column} decides the split and is a feature",
            "Held-out rows have values of it that training never saw; take it out of the features unless that is meant.",
        )
    yield from _about_the_fit(spec)
    for name, reason in left_out(view, spec.target).items():
        if name in spec.features:
            yield f"{name} says little or too much", f"It is ticked all the same: {reason}."


def _about_probabilities(spec: TrainSpec) -> Iterable[Caution]:
    """Errors and chances that would not be what they look like."""
    if spec.penalty != "none":
        ways = (
            "The bootstrap gives intervals instead."
            if spec.bootstrap
            else "They are honest only without a penalty; choose penalty None, or bootstrap refits."
        )
        yield "No standard errors", ways
    if spec.class_weight != "none" and spec.resampling != "none":
        yield "Weights and resampling together", "The classes are evened out twice; one of the two does it."
    if (spec.class_weight != "none" or spec.resampling != "none") and not spec.correct_prior:
        yield (
            "Probabilities are shifted",
            "Weights and resampling change the class shares that the fit sees, and the correction is switched off: the predicted "
            "chances are no default rates.",
        )


def _about_the_fit(spec: TrainSpec) -> Iterable[Caution]:
    if spec.one_hot == "full" and spec.penalty == "none":
        yield (
            "Coefficients of levels are not unique",
            "With a column for every level and no penalty, only their differences are; probabilities are not touched.",
        )
    if spec.scaling == "none" and spec.penalty != "none" and spec.weight_of_evidence != "all":
        yield (
            "The penalty depends on units",
            "Numbers are not put on one scale, so that one in cents is pulled less than one in euros.",
        )
    if spec.solver in {"sag", "saga"} and spec.scaling == "none":
        yield f"{spec.solver} is slow on numbers as they are", "It may stop before it has converged; scale the numbers."
    if spec.solver == "liblinear":
        yield "liblinear penalises the intercept too", "Predicted chances are pulled towards 50%."
