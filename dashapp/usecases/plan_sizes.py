"""How large a run to be is, from the columns' summaries: rows of each part, coefficients, fits."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.results import ColumnSummary
from pipeline.spec import TrainSpec
from pipeline.spec_checks import class_counts, columns_named, features_of, matters, share_of

Columns = Mapping[str, ColumnSummary]


@dataclass(frozen=True)
class Rows:
    """Rows of each part; `exact` where training will have just these."""

    train: int
    validation: int
    test: int
    exact: bool


def rows_of_parts(spec: TrainSpec, columns: Columns) -> Rows:
    """The rows of each part: those of the split at random are known, those of whole dates and groups are about their share."""
    target = columns[spec.target]
    known = target.n_rows - target.n_missing
    classes = class_counts(spec, columns)
    drawn = spec.split == "random" and spec.stratify and classes is not None
    sizes = list(classes.values()) if drawn and classes is not None else [known]
    test = sum(min(share_of(rows, spec.test_share), rows - 1) for rows in sizes)
    validation = sum(
        min(share_of(rows, spec.validation_share), rows - min(share_of(rows, spec.test_share), rows - 1) - 1) for rows in sizes
    )
    return Rows(known - test - validation, validation, test, spec.split == "random" and (drawn or not spec.stratify))


def coefficients_of(spec: TrainSpec, columns: Columns) -> tuple[int | None, bool]:
    """How many coefficients the run will tell, intercepts apart, and whether that is exact; None where levels are not counted.

    Not exact where levels may be grouped or absent from the training rows, or numbers may have gaps or codes there or not.
    """
    names = features_of(spec, tuple(columns.values()))
    widths: dict[str, int] = {}
    exact = spec.rare_share == 0
    for name in names:
        width = _width(columns[name], spec)
        if width is None:
            return None, False
        widths[name] = width
        exact = exact and (width == 1 or spec.split == "random")
    raised = set(columns_named(spec, "degree_columns")) if spec.degree_columns else set(names)
    powers = sum(_is_number(columns[name], spec) and name in raised for name in names) * (spec.degree - 1)
    products = sum(_product_width(columns[a], spec) * _product_width(columns[b], spec) for a, b in spec.interactions)
    classes = class_counts(spec, columns)
    n_models = len(classes) if classes and len(classes) > 2 else 1
    if n_models > 1 and spec.multiclass == "multinomial":
        n_models -= 1  # each against the reference class
    return (sum(widths.values()) + powers + products) * n_models, exact and not products


def fits_of(spec: TrainSpec) -> int:
    """How many times the model is fitted."""
    return 1 + spec.folds * spec.fold_repeats + spec.bootstrap


def _is_binned(column: ColumnSummary, spec: TrainSpec) -> bool:
    return spec.weight_of_evidence == "all" or (matters(spec, "woe_columns") and column.name in spec.woe_columns)


def _is_number(column: ColumnSummary, spec: TrainSpec) -> bool:
    ordered = column.name in dict(spec.orders)
    return not _is_binned(column, spec) and (ordered or (column.kind == "number" and column.name not in spec.categorical))


def _width(column: ColumnSummary, spec: TrainSpec) -> int | None:
    """Columns of the model that a column of the table becomes."""
    if _is_binned(column, spec):
        return 1
    codes = sum(meaning == "level" for _, meaning in spec.codes_of(column.name))
    if _is_number(column, spec):
        flag = spec.missing_numbers == "own_level" or (spec.missing_indicator and matters(spec, "missing_indicator"))
        return 1 + codes + (flag and column.n_missing > 0)
    if column.n_distinct is None:
        return None
    levels = column.n_distinct + (spec.missing_categories == "own_level" and column.n_missing > 0)
    return levels - (spec.one_hot == "reference")


def _product_width(column: ColumnSummary, spec: TrainSpec) -> int:
    return 1 if _is_number(column, spec) or _is_binned(column, spec) else max((column.n_distinct or 2) - 1, 1)
