"""What would have to change for an applicant to pass: the smallest change of one field, and of two together.

The log-odds of every allowed value are worked out; nothing is assumed of how they go with the value, so that powers, weights of
evidence and products are as good as straight lines.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa

from pipeline.errors import UnusableData
from pipeline.explain_results import Background, Change, Changed, Changes, Value
from pipeline.explaining.allowed import Allowed, allowed, start_of
from pipeline.explaining.moves import Moves
from pipeline.explaining.one_row import one_row
from pipeline.explaining.pairs import Pair, Values, cheapest_of_product, cheapest_of_sum, cheapest_of_table
from pipeline.explaining.wording import Wording
from pipeline.frame import Floats
from pipeline.model import FittedModel
from pipeline.odds import log_odds_at
from pipeline.scores.row_scores import Rows

MOST_PAIRS = 10
_HAIR = 1e-10  # of log-odds or probability: what is nearer to the cut-off has not reached it, so that no rounding decides
_ROUNDING = 1e-13  # of large log-odds: the share of them that their sum is uncertain by


def changes(
    model: FittedModel,
    values: Mapping[str, Value],
    background: Background,
    wording: Wording,
    fields: Sequence[str],
    cutoff: float,
) -> Changes:
    """The smallest changes that bring an applicant below the cut-off.

    Parameters
    ----------
    model : FittedModel
        Of two classes.
    values : mapping
        The value of each of `model.fields`.
    background : Background
        Its ranges and levels bound what a field may become (`pipeline.explaining.allowed`).
    wording : Wording
        Directions, steps and levels.
    fields : sequence of str
        Those that may change, of the model's.
    cutoff : float
        A probability of bad; what is below it passes.

    Returns
    -------
    Changes
        Of each field the cheapest change that reaches, or the best that it can do; and of each two fields the cheapest pair that
        reaches while neither part alone does, at most MOST_PAIRS. Of changes at the same cost the one that moves the log-odds
        least. Empty where the applicant passes as it is.

    Raises
    ------
    UnusableData
        For three classes and more.
    """
    if len(model.labels) != 2:
        raise UnusableData("A model of three classes and more has no cut-off.", fix="Choose a run of two classes.")
    now = float(model.probability_of_default(one_row(model, values))[0])
    if now < cutoff:
        return Changes(cutoff, now, (), ())
    search = _Search(model, values, background, wording, list(dict.fromkeys(fields)), cutoff)
    alone = [(one, search.alone(one)) for one in search.fields]
    stuck = tuple(one for one, at in alone if at is None)
    numbers = {info.name: info for info in background.fields if info.kind == "number"}
    unknown = tuple(one for one in stuck if one in numbers and start_of(numbers[one], values[one]) is None)
    singles = search.told([((one, at),) for one, at in alone if at is not None])
    both = [pair for two in combinations(search.fields, 2) if (pair := search.pair(*two)) is not None]
    pairs = search.told(sorted(both, key=search.cost)[:MOST_PAIRS])
    ordered = sorted(singles, key=lambda one: (not one.reaches, one.cost if one.reaches else one.probability))
    return Changes(cutoff, now, tuple(ordered), tuple(one for one in pairs if one.reaches), stuck, unknown)


@dataclass(frozen=True)
class _Field:
    """What a field may become, cheapest first and those that move the log-odds least before others of the same cost."""

    allowed: Allowed
    moves: Floats  # of the log-odds
    short: Rows  # the places of the values that do not reach alone

    @property
    def too_little(self) -> Values:
        return Values(self.allowed.costs[self.short], self.moves[self.short])


class _Search:
    """The allowed values of an applicant's fields, and what each does to the log-odds."""

    def __init__(
        self,
        model: FittedModel,
        values: Mapping[str, Value],
        background: Background,
        wording: Wording,
        fields: list[str],
        cutoff: float,
    ) -> None:
        self._model, self._values, self._cutoff = model, values, cutoff
        self._moves = Moves(model, values)
        self._needed = _highest(model, cutoff) - self._moves.log_odds
        self._needed -= _HAIR + _ROUNDING * abs(self._moves.log_odds)
        self._fields: dict[str, _Field] = {}
        self.fields = fields
        for name in fields:
            may = allowed(background.field(name), wording.of(name), values[name])
            moves = self._moves.of({name: may.values})
            order = np.lexsort((-moves, may.costs))
            may, moves = may.taken(order), moves[order]
            self._fields[name] = _Field(may, moves, np.flatnonzero(moves >= self._needed))

    def alone(self, name: str) -> int | None:
        """The place of the field's cheapest value that reaches, else of its best; None where nothing is better than now."""
        moves = self._fields[name].moves
        reaching = np.flatnonzero(moves < self._needed)
        if len(reaching):
            return int(reaching[0])
        chances = self._chances(np.append(moves, 0.0))
        best = int(np.flatnonzero(chances <= chances.min() + _HAIR)[0])
        return best if chances[best] < chances[-1] - _HAIR else None

    def _chances(self, moves: Floats) -> Floats:
        """Probabilities of bad: where a recalibration is level, log-odds fall and nothing is gained."""
        return self._model.probabilities_of((self._moves.log_odds + moves)[:, None])[:, 1]

    def pair(self, one: str, other: str) -> tuple[tuple[str, int], tuple[str, int]] | None:
        """The places of the cheapest two values that reach together, of those that do not alone; None where none do."""
        first, second = self._fields[one].short, self._fields[other].short
        if not len(first) or not len(second):
            return None
        found = self._linked(one, other) if self._moves.linked(one, other) else self._apart(one, other)
        return None if found is None else ((one, int(first[found[0]])), (other, int(second[found[1]])))

    def _apart(self, one: str, other: str) -> Pair | None:
        return cheapest_of_sum(self._fields[one].too_little, self._fields[other].too_little, self._needed)

    def _linked(self, one: str, other: str) -> Pair | None:
        """Of two fields that the model has a product of."""
        a, b = self._fields[one], self._fields[other]
        values, others = a.allowed.values[a.short], b.allowed.values[b.short]
        factors = self._moves.factors(one, values, other, others)
        if factors is not None:
            return cheapest_of_product(a.too_little, b.too_little, *factors, self._needed)

        def moves(some: slice, n: int) -> Floats:
            rows, columns = (part.ravel() for part in np.meshgrid(values[some], others[:n], indexing="ij"))
            return self._moves.of({one: rows, other: columns}).reshape(-1, n)

        return cheapest_of_table(a.too_little, b.too_little, moves, self._needed)

    def cost(self, parts: tuple[tuple[str, int], ...]) -> float:
        return math.hypot(*(self._fields[name].allowed.costs[at] for name, at in parts))

    def told(self, found: Sequence[tuple[tuple[str, int], ...]]) -> list[Change]:
        """Changes with the probability that the model itself gives them."""
        if not found:
            return []
        now = one_row(self._model, self._values)
        columns = {name: now.column(name).to_pylist() * len(found) for name in now.schema.names}
        for row, parts in enumerate(found):
            for name, at in parts:
                columns[name][row] = self._value(name, at)
        chances = self._model.probability_of_default(pa.table(columns, schema=now.schema))
        return [
            Change(
                tuple(Changed(name, self._values[name], self._value(name, at)) for name, at in parts),
                float(chance),
                bool(chance < self._cutoff),
                self.cost(parts),
            )
            for parts, chance in zip(found, chances, strict=True)
        ]

    def _value(self, name: str, at: int) -> Value:
        value = self._fields[name].allowed.values[at]
        return str(value) if isinstance(value, str) else float(value)


def _highest(model: FittedModel, cutoff: float) -> float:
    """The log-odds, before the calibration, from which on a row is refused."""
    if model.calibration is None:
        return log_odds_at(cutoff)
    given, becomes = np.array(model.calibration.given), np.array(model.calibration.becomes)
    at = int(np.searchsorted(becomes, cutoff, side="left"))  # the first point at or above the cut-off
    if at == 0:
        return -math.inf
    if at == len(becomes):
        return math.inf
    share = (cutoff - becomes[at - 1]) / (becomes[at] - becomes[at - 1])
    return log_odds_at(float(given[at - 1] + share * (given[at] - given[at - 1])))
