"""Coefficients by the words that the run has for its fields."""

import re
from dataclasses import replace

from dashapp.tabs.effects.address import Asked
from pipeline.effect_results import FieldEffect
from pipeline.results import Coefficient, RunResult
from pipeline.shown import capital


def rows_of_class(result: RunResult, asked: Asked) -> list[Coefficient]:
    """The coefficients of the class that is shown, in the model's order; none for the one that the others are told against."""
    label = asked.effects.shown[asked.at]
    return [row for row in result.coefficients if row.label == label]


def named(row: Coefficient, found: FieldEffect, asked: Asked) -> Coefficient:
    """A coefficient of a field, or a product, with its labels in place of the names of columns, also in its unit."""
    power = row.field.removeprefix(found.name)  # ², ³
    unit = row.unit
    for name in found.sources:
        # A formula alone holds names: "unit of ln(1 + income)".
        unit = re.sub(rf"(?<=[(\s]){re.escape(name)}(?=[)\s])", asked.wording.label(name), unit) if "(" in unit else unit
    return replace(row, field=capital(asked.label(found)) + power, unit=unit)
