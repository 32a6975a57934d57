"""What a training run would do, told from the data set's column summaries before any row is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashapp.usecases.datasets import DatasetView
from pipeline.results import ColumnSummary
from pipeline.roles import has_roles
from pipeline.spec import TrainSpec
from pipeline.special_codes import SpecialCodes, special_codes
from pipeline.suggestions import default_bad_label, suggested_features


@dataclass(frozen=True)
class Plan:
    """Rows and features of a run to be. `cautions` are (title, sentence)."""

    n_train: int
    n_test: int
    n_unknown: int
    n_features: int
    bad_rate: float | None
    cautions: tuple[tuple[str, str], ...]


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
    target = view.column(spec.target)
    known = target.n_rows - target.n_missing if target is not None else view.n_rows
    n_test = round(known * spec.test_share)
    features = spec.features or tuple(suggested_features(view.columns, spec.target)[0])
    levels = dict(target.levels) if target is not None else {}
    bad = levels.get(spec.bad_label or "")
    return Plan(
        n_train=known - n_test,
        n_test=n_test,
        n_unknown=view.n_rows - known,
        n_features=len(features),
        bad_rate=bad / known if bad is not None and known else None,
        cautions=tuple(_cautions(spec, bad, known, features, view)),
    )


def _cautions(spec: TrainSpec, bad: int | None, known: int, features: Sequence[str], view: DatasetView) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if spec.penalty != "none":
        found.append(("No standard errors", "They are honest only without a penalty; choose penalty None where you need them."))
    if spec.class_weight == "balanced":
        found.append(
            ("Probabilities are shifted", "Balanced weights rank as well, but the predicted chances are too high for bad.")
        )
    if spec.test_share == 0:
        found.append(("Nothing is held out", "The run reports training figures only, and they flatter."))
    if bad is not None and min(bad, known - bad) < 10 * max(len(features), 1):
        rarer = min(bad, known - bad)
        found.append(
            (
                "Few cases for so many features",
                f"{rarer:,} rows of the rarer class for {len(features)} features; fewer than 10 for each.",
            )
        )
    unknown = set(left_out(view, spec.target)) & set(spec.features)
    found += [
        (f"{name} says little or too much", f"It is ticked all the same: {reason}.")
        for name, reason in left_out(view, spec.target).items()
        if name in unknown
    ]
    return found
