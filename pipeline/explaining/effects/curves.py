"""The curve of a model over each of its fields with the others held at their usual values, and the same for single rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.effect_results import CATEGORY, NUMBER, EffectCurve
from pipeline.explain_results import Value
from pipeline.explaining.effects.straight_line import straight_lines
from pipeline.explaining.parts import Parts, parts_of_rows
from pipeline.frame import Category, Floats, Frame
from pipeline.model import FittedModel
from pipeline.results import Report, no_report
from pipeline.scores.row_scores import Rows
from pipeline.terms import BinnedNumberTerm, NumberTerm, ProductTerm, coded, design_of, reads_levels

POINTS = 41
MOST_LEVELS = 30
_FAR = 1.5  # times the middle 99%: a range that is longer is cut to it
_MOST_NUMBERS = 200_000  # that the curves of single rows take where products bend them
_LEAST_ROWS = 10


@dataclass(frozen=True)
class Grid:
    """The values of a field that its curve is drawn over, and what stands for it in the curves of others."""

    kind: str
    values: tuple[Value, ...]
    apart: tuple[Value, ...]
    held: Value
    middle: tuple[float, float] | None = None
    n_levels: int = 0
    is_cut: bool = False

    @property
    def points(self) -> tuple[Value, ...]:
        return (*self.values, *self.apart)


def grid_of(model: FittedModel, frame: Frame, rows: Rows, name: str) -> Grid:
    """The grid of a field over some rows."""
    column = frame.columns[name]
    if isinstance(column, Category):
        return _levels(model, column, rows, name)
    term = next(term for term in model.terms if term.sources == (name,))
    codes = tuple(getattr(term, "codes", ()))
    found = coded(column[rows], codes)
    present = found.numbers[~np.isnan(found.numbers)]
    apart: list[Value] = [float(code) for code, meaning in codes if meaning == "level"]
    if found.missing.any():
        apart.append(None)
    if not len(present):
        return Grid(NUMBER, (), tuple(apart), None)
    low, near, under, over, distant, high = map(float, np.quantile(present, (0, 0.005, 0.05, 0.95, 0.995, 1)))
    is_cut = high - low > _FAR * (distant - near) > 0
    if is_cut:
        low, high = near, distant
    values = tuple(map(float, np.linspace(low, high, POINTS))) if high > low else (low,)
    if (present == np.round(present)).all() and high - low < POINTS:
        values = tuple(map(float, np.arange(np.ceil(low), np.floor(high) + 1)))
    if isinstance(term, BinnedNumberTerm):
        values = _steps(term.edges, low, high)
    return Grid(NUMBER, values, tuple(apart), float(present.mean()), (under, over), is_cut=is_cut)


def _steps(edges: tuple[float, ...], low: float, high: float) -> tuple[float, ...]:
    """Both sides of every edge between two ends, so that a step is drawn as one."""
    inside = [edge for edge in edges if low < edge < high]
    ends = [low, *(end for edge in inside for end in (float(np.nextafter(edge, -np.inf)), edge)), high]
    return tuple(dict.fromkeys(ends))


def _levels(model: FittedModel, column: Category, rows: Rows, name: str) -> Grid:
    """The most frequent levels, the missing value beside them; in their own order where the model knows one."""
    taken = column.codes[rows]
    counts = np.bincount(taken[taken >= 0], minlength=len(column.levels))
    frequent = [int(at) for at in np.argsort(-counts, kind="stable") if counts[at]]
    order: tuple[str, ...] = next((getattr(term, "order", ()) for term in model.terms if term.sources == (name,)), ())
    kept = frequent[:MOST_LEVELS]
    if order:
        kept = sorted(kept, key=lambda at: order.index(column.levels[at]) if column.levels[at] in order else len(order))
    apart: tuple[Value, ...] = (None,) if (taken < 0).any() else ()
    held = column.levels[frequent[0]] if frequent else None
    return Grid(CATEGORY, tuple(column.levels[at] for at in kept), apart, held, n_levels=len(frequent))


def curves_of(
    model: FittedModel,
    table: pa.Table,
    frame: Frame,
    rows: Rows,
    wanted: Floats,
    sample: Rows,
    report: Report = no_report,
) -> tuple[dict[str, tuple[str, EffectCurve]], int]:
    """The kind and the curve of every field, and how many rows of the sample they were drawn for.

    Parameters
    ----------
    rows : ndarray of int
        The training rows.
    wanted : ndarray of float, shape (len(rows), classes shown)
        1 where a training row is of the class.
    sample : ndarray of int
        Rows of the table that get a curve of their own.
    """
    grids = {name: grid_of(model, frame, rows, name) for name in model.fields}
    held = {name: grid.held for name, grid in grids.items()}
    varied = [_table(model, held, {name: grid.points}) for name, grid in grids.items()]
    design, _ = design_of(model.frame(pa.concat_tables([_table(model, held, {}), *varied])), model.terms)
    parts = parts_of_rows(model, design)
    log_odds = parts.log_odds
    lines = straight_lines(frame, model.terms, rows, wanted, design, report)
    bent = {name for term in model.terms if isinstance(term, ProductTerm) for name in term.sources}
    n = _rows_drawn(len(model.coefficients), len(bent), len(sample))
    sampled = table.select(list(model.fields)).take(pa.array(sample[:n]))
    own = parts_of_rows(model, design_of(model.frame(sampled), model.terms)[0])
    found, start = {}, 1
    for name, grid in grids.items():
        part = slice(start, start + len(grid.points))
        start = part.stop
        each = (
            _each_of_product(model, sampled, name, grid, log_odds[part])
            if name in bent
            else _each(own, name, log_odds[:1] - parts.of[(name,)][:1])
        )
        curve = EffectCurve(
            values=grid.values,
            apart=grid.apart,
            held=grid.held,
            log_odds=_rows_first(log_odds[part]),
            line=_rows_first(lines[part]),
            each=each,
            middle=grid.middle,
            n_levels=grid.n_levels,
            is_cut=grid.is_cut,
            is_straight=_is_straight(model, name),
        )
        found[name] = (grid.kind, curve)
    return found, n


def _rows_drawn(n_classes: int, n_bent: int, n: int) -> int:
    """As many rows as the sample has, fewer where products ask for many whole curves."""
    return max(min(n, _LEAST_ROWS), min(n, _MOST_NUMBERS // max(POINTS * n_classes * n_bent, 1))) if n_bent else n


def _table(model: FittedModel, held: Mapping[str, Value], varied: Mapping[str, Sequence[Value]]) -> pa.Table:
    """Rows with the held values but for the varied fields; one row where none varies."""
    levels = {name for term in model.terms if reads_levels(term) for name in term.sources}
    n = max((len(values) for values in varied.values()), default=1)
    columns = {}
    for name in model.fields:
        kind = pa.string() if name in levels else pa.float64()
        columns[name] = pa.array(varied[name] if name in varied else [held[name]] * n, kind)
    return pa.table(columns)


def _each(own: Parts, name: str, others_held: Floats) -> tuple[tuple[tuple[float, ...], ...], ...]:
    """What each row's other fields add to the log-odds against the held ones: the same at every value of this field."""
    above = (own.log_odds - own.of[(name,)]) - others_held
    return tuple(tuple((round(float(off), 4),) for off in above[:, k]) for k in range(above.shape[1]))


def _each_of_product(
    model: FittedModel, sampled: pa.Table, name: str, grid: Grid, base: Floats
) -> tuple[tuple[tuple[float, ...], ...], ...]:
    """What each row lies above the curve at every value of a field that is multiplied with others."""
    n, points = sampled.num_rows, grid.points
    many = sampled.take(pa.array(np.repeat(np.arange(n), len(points))))
    varied = _table(model, dict.fromkeys(model.fields), {name: list(points) * n}).column(name)
    many = many.set_column(many.schema.get_field_index(name), name, varied)
    log_odds = parts_of_rows(model, design_of(model.frame(many), model.terms)[0]).log_odds
    above = log_odds.reshape(n, len(points), -1) - base
    return tuple(tuple(tuple(round(float(off), 4) for off in above[i, :, k]) for i in range(n)) for k in range(above.shape[2]))


def _rows_first(values: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, values[:, k])) for k in range(values.shape[1]))


def _is_straight(model: FittedModel, name: str) -> bool:
    """Whether the log-odds are linear in a number itself: it has one term, without logarithm, order, bins or products."""
    terms = [term for term in model.terms if name in term.sources]
    return len(terms) == 1 and isinstance(terms[0], NumberTerm) and not terms[0].log and not terms[0].order
