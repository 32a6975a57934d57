"""How far LIME and the exact account of a score agree, field by field."""

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.explain_results import Explanation, LimeColumn, Value
from pipeline.explaining.lime.columns import LEVEL, NUMBER
from pipeline.frame import Floats
from pipeline.lime_results import LimeField

MATTERS = 0.05  # of all that the exact contributions move
FEWEST_RANKED = 3
MIDDLE = (0.025, 0.975)  # of the repeats
_LEAST_SD = 1e-11  # that the package adds to the standard deviation of a bin


def compared(
    effects: Floats, exact: Explanation, columns: Sequence[LimeColumn], row: Floats, values: Mapping[str, Value], gaps: set[str]
) -> tuple[LimeField, ...]:
    """The fields of both accounts, in the model's order. A product of two is shared between them as Shapley values share it.

    Parameters
    ----------
    effects : ndarray of float, shape (repeats, columns)
        Weights times what they are multiplied with; the first repeat is the one that is told.
    row : ndarray of float, shape (columns,)
        The applicant, as LIME takes it.
    gaps : set of str
        Fields for which a fill stands in, without a state of their own to say so.
    """
    given: dict[str, float] = {}
    for part in exact.contributions:
        for name, share in zip(part.sources, part.shares or (part.contribution,), strict=True):
            given[name] = given.get(name, 0.0) + share
    total = sum(map(abs, given.values()))
    numbers = {column.field: column for column in columns if column.kind == NUMBER}
    shares = {column.field: _share(column, int(code)) for column, code in zip(columns, row, strict=True) if column.kind == LEVEL}
    found = []
    for name, moved in given.items():
        number = numbers.get(name)
        own = effects[:, [column.field == name for column in columns]].sum(axis=1)
        low, high = np.quantile(own, MIDDLE)
        flat, drawn = _flat(number) if number is not None else (None, None)
        found.append(
            LimeField(
                field=name,
                value=values[name],
                effect=float(own[0]),
                low=float(low),
                high=float(high),
                exact=moved,
                matters=total > 0 and abs(moved) >= MATTERS * total,
                mean=number.mean if number is not None else None,
                share=shares.get(name),
                filled=number.fill if number is not None and name in gaps else None,
                flat=flat,
                drawn=drawn,
            )
        )
    return tuple(found)


def _share(column: LimeColumn, code: int) -> float:
    return column.counts[code] / sum(column.counts) if code < len(column.counts) else 0.0


def _flat(column: LimeColumn) -> tuple[float | None, float | None]:
    """The value of the lowest bin, if it holds but one, and what the package draws for it, where that is another.

    A column that is the same in all rows is left out: what the model makes of it moves nobody's score.
    """
    if column.low != column.quartiles[0] or column.low == column.high:
        return None, None
    drawn = (column.low - column.means[0]) / (column.sds[0] + _LEAST_SD)
    return (None, None) if abs(drawn - column.low) <= 1e-6 * column.scale else (column.low, drawn)


def spearman(first: Floats, second: Floats) -> float | None:
    """The correlation of ranks, equal values sharing their mean rank; None for fewer than 3 or where all are equal."""
    if len(first) < FEWEST_RANKED:
        return None
    ranks = [_ranks(values) for values in (first, second)]
    if any(np.ptp(one) == 0 for one in ranks):
        return None
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _ranks(values: Floats) -> Floats:
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[group])
