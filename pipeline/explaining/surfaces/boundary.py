"""The probability of a run over two of its fields, and where its decision changes."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.boundary_results import Axis, Equation, Line, Parts, Surface
from pipeline.errors import UnusableData
from pipeline.explain_results import Value
from pipeline.explaining.surfaces.axes import PLACES
from pipeline.explaining.surfaces.contours import EXACT, thinned, zero_lines, zeros
from pipeline.explaining.surfaces.equations import equation_of
from pipeline.explaining.surfaces.slices import Slice
from pipeline.frame import Floats
from pipeline.model import CalibrationMap, FittedModel, probabilities
from pipeline.odds import log_odds_at
from pipeline.terms import BinnedNumberTerm

Height = Callable[[Floats], Floats]  # of log-odds (..., rows of coefficients), above 0 on one side of a line

FINER = 5  # times as many lines of the grid that the boundary is looked for on
MOST_EQUATIONS = 8
MOST_NUMBERS = 6_000  # that tell what the log-odds of all classes are made of at every place
_TOLERANCE = 2e-4  # of the picture, by which a line may be thinned
_ROUND = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
_MOST_LINES = 3  # of equal probability
_ROUGH = 8  # halvings of an edge for them: within a hundredth of a cell of the finer grid


def surface(
    model: FittedModel,
    axes: tuple[Axis, Axis],
    values: Mapping[str, Value],
    *,
    cutoff: float | None = None,
    label: str | None = None,
) -> Surface:
    """What a model says over two of its fields.

    Parameters
    ----------
    axes : tuple of Axis
        x and y, as `axis_of` makes them.
    values : mapping
        What every field of the model is held at; of the two it is where their parts of the log-odds are counted from.
    cutoff : float, optional
        Of two classes: rows with a probability of bad at or above it are refused.
    label : str, optional
        Of three classes and more: whose probability is drawn. None given, each place shows its most probable class.

    Raises
    ------
    UnusableData
        For a field that the model does not read, the same field twice, or a label that is no class.
    """
    x, y = axes
    fields = (x.field, y.field)
    if x.field == y.field:
        raise UnusableData(f"'{x.field}' stands on both axes.", fix="Choose two fields.")
    for name in fields:
        if name not in model.fields:
            raise UnusableData(f"The run reads no field '{name}'.", fix="Choose one of its own fields.")
    if label is not None and (label not in model.labels or len(model.labels) == 2):
        raise UnusableData(f"The run has no class '{label}' to draw.", fix="Choose one of its classes.")
    cut = Slice(model, *fields, values)
    eta = cut.grid(_given(x), _given(y))
    chances = _chances(model, eta)
    two = len(model.labels) == 2
    drawn = chances[:, :, 1] if two else chances.max(axis=2) if label is None else chances[:, :, model.labels.index(label)]
    target = target_of(model, cutoff) if two and cutoff is not None else None
    return Surface(
        x=x,
        y=y,
        labels=model.labels,
        label=label,
        cutoff=cutoff if two else None,
        target=target,
        probability=_rounded(drawn),
        log_odds=tuple(tuple(map(float, row)) for row in eta[:, :, 0]) if two else (),
        region=() if two else tuple(tuple(map(int, row)) for row in _regions(cut, x, y)),
        lines=_boundary(cut, x, y, target, label),
        levels=_levels(cut, x, y, drawn, cutoff) if two else (),
        parts=_parts(cut, x, y, label),
        equations=_equations(cut, x, y, target, label),
        held=tuple((name, values[name]) for name in model.fields if name not in fields),
        at=(values[fields[0]], values[fields[1]]),
    )


def target_of(model: FittedModel, cutoff: float) -> float:
    """The least log-odds at which a row is refused; infinite where all or none are."""
    if model.calibration is None or not 0 < cutoff < 1:
        return log_odds_at(cutoff)
    return log_odds_at(_least_given(model.calibration, cutoff))


def _given(axis: Axis) -> "Floats | tuple[str | None, ...]":
    return np.array(axis.values) if axis.is_number else axis.levels


def _chances(model: FittedModel, eta: Floats) -> Floats:
    """Probabilities of every class, as the run gives them, (n of y, n of x, classes)."""
    found = probabilities(eta.reshape(-1, eta.shape[2]), model.link)
    if model.calibration is not None:
        bad = model.calibration(found[:, 1])
        found = np.column_stack([1 - bad, bad])
    return found.reshape(*eta.shape[:2], -1)


def _padded(model: FittedModel, eta: Floats) -> Floats:
    """Log-odds with a column for every class: one without coefficients has 0."""
    return np.concatenate([np.zeros((*eta.shape[:-1], 1)), eta], axis=-1) if model.link == "reference" else eta


def _least_given(mapped: CalibrationMap, cutoff: float) -> float:
    """The least probability that becomes at least the cut-off: -1 where all do, 2 where none does."""
    given, becomes = np.array(mapped.given), np.array(mapped.becomes)
    if becomes[0] >= cutoff:
        return -1.0
    if becomes[-1] < cutoff:
        return 2.0
    k = int(np.argmax(becomes >= cutoff))
    return float(np.interp(cutoff, becomes[k - 1 : k + 1], given[k - 1 : k + 1]))


def _rounded(found: Floats) -> tuple[tuple[float, ...], ...]:
    """To six digits: more are not told, and a picture has thousands."""
    return tuple(tuple(float(f"{p:.6g}") for p in row) for row in found)


def _boundary(cut: Slice, x: Axis, y: Axis, target: float | None, label: str | None) -> tuple[Line, ...]:
    """Where the decision changes, or the most probable class does."""
    if target is not None:
        return _lines(cut, x, y, lambda eta: eta[..., 0] - target) if np.isfinite(target) else ()
    if len(cut.model.labels) == 2:
        return ()
    labels = cut.model.labels
    there = {label} if label is not None else {labels[k] for k in _present(cut, x, y)}
    # The boundary of two classes is that of either: the last of those that are there has none of its own.
    wanted = [name for name in labels if name in there]
    wanted = wanted if label is not None else wanted[:-1]
    found: list[Line] = []
    for name in wanted:
        k = labels.index(name)
        found += _lines(cut, x, y, lambda eta, k=k: _lead(_padded(cut.model, eta), k))  # type: ignore[misc]
    return tuple(found)


def _regions(cut: Slice, x: Axis, y: Axis) -> NDArray[np.intp]:
    """The most probable class, on a grid finer than that of the surface, so that its edges follow the lines."""
    finer = [np.linspace(axis.low, axis.high, 2 * PLACES - 1) if axis.is_number else axis.levels for axis in (x, y)]
    return np.asarray(_padded(cut.model, cut.grid(finer[0], finer[1])).argmax(axis=2), np.intp)


def _lead(eta: Floats, k: int) -> Floats:
    return np.asarray(eta[..., k] - np.delete(eta, k, axis=-1).max(axis=-1))


def _present(cut: Slice, x: Axis, y: Axis) -> list[int]:
    """Classes that are the most probable somewhere."""
    return [int(k) for k in np.unique(_regions(cut, x, y))]


def _lines(cut: Slice, x: Axis, y: Axis, value: Height, level: float | None = None) -> tuple[Line, ...]:
    """Where something of the log-odds is zero; across the strip of a level, and between two cells of levels."""
    if x.is_number and y.is_number:
        xs, ys = _finer(cut, x), _finer(cut, y)
        halvings = EXACT if level is None else _ROUGH
        chains = zero_lines(lambda a, b: value(cut.at(a, b)), xs, ys, value(cut.grid(xs, ys)), halvings)
        return tuple(_thin(a, b, x, y, level) for a, b in chains)
    if not x.is_number and not y.is_number:
        return _borders(value(cut.grid(x.levels, y.levels)) >= 0)
    number = x if x.is_number else y
    found = []
    for k, name in enumerate((y if x.is_number else x).levels):
        names = [name]
        if x.is_number:
            places = zeros(lambda a, names=names: value(cut.at(a, names * len(a))), _finer(cut, number))  # type: ignore[misc]
            found += [Line((float(at), float(at)), (k - 0.5, k + 0.5), level) for at in places]
        else:
            places = zeros(lambda a, names=names: value(cut.at(names * len(a), a)), _finer(cut, number))  # type: ignore[misc]
            found += [Line((k - 0.5, k + 0.5), (float(at), float(at)), level) for at in places]
    return tuple(found)


def _finer(cut: Slice, axis: Axis) -> Floats:
    """The lines of the grid along a number; where it goes in steps, one at each side of each of them."""
    fine = np.concatenate([np.linspace(axis.low, axis.high, FINER * (PLACES - 1) + 1), axis.values])
    side = cut.x if cut.x.field == axis.field else cut.y
    edges = np.array([edge for term in side.terms if isinstance(term, BinnedNumberTerm) for edge in term.edges])
    edges = edges[(edges > axis.low) & (edges < axis.high)]
    return np.unique(np.concatenate([fine, edges, np.nextafter(edges, -np.inf)]))


def _thin(a: Floats, b: Floats, x: Axis, y: Axis, level: float | None) -> Line:
    wide, high = x.high - x.low, y.high - y.low
    kept_a, kept_b = thinned(a / wide, b / high, _TOLERANCE)
    return Line(tuple(map(float, kept_a * wide)), tuple(map(float, kept_b * high)), level)


def _borders(inside: NDArray[np.bool_]) -> tuple[Line, ...]:
    """Between cells of levels that are decided differently."""
    found = [Line((i + 0.5, i + 0.5), (j - 0.5, j + 0.5)) for j, i in np.argwhere(inside[:, 1:] != inside[:, :-1]).tolist()]
    found += [Line((i - 0.5, i + 0.5), (j + 0.5, j + 0.5)) for j, i in np.argwhere(inside[1:] != inside[:-1]).tolist()]
    return tuple(found)


def _levels(cut: Slice, x: Axis, y: Axis, drawn: Floats, cutoff: float | None) -> tuple[Line, ...]:
    """A few lines of round probabilities, spread over what the picture holds; none beside the cut-off."""
    if not (x.is_number and y.is_number) or x.stepped or y.stepped:
        return ()
    low, high = np.quantile(drawn, [0.05, 0.95])
    near = cutoff if cutoff is not None else -1.0
    there = [p for p in _ROUND if low < p < high and abs(p - near) > 0.15 * (high - low)]
    if len(there) > _MOST_LINES:
        there = [there[k] for k in sorted({0, len(there) // 2, len(there) - 1})]
    found: list[Line] = []
    for p in there:
        target = target_of(cut.model, p)
        if np.isfinite(target):
            found += _lines(cut, x, y, lambda eta, target=target: eta[..., 0] - target, p)  # type: ignore[misc]
    return tuple(found)


def _parts(cut: Slice, x: Axis, y: Axis, label: str | None) -> tuple[Parts, ...]:
    """Of the class that is drawn, or of all unless they take too many numbers.

    A class without coefficients has log-odds 0 everywhere.
    """
    model = cut.model
    if len(model.labels) == 2:
        return (_parts_of(cut, x, y, 0, model.labels[1]),)
    each = (len(x.places) + len(y.places)) * (1 + len({i for _, i, _ in cut.products}))
    every = list(model.labels) if each * len(model.labels) <= MOST_NUMBERS else []
    wanted = [label] if label is not None else every
    none = model.link == "reference"
    nothing = Parts("", 0.0, (0.0,) * len(x.places), (0.0,) * len(y.places))
    return tuple(
        Parts(name, nothing.constant, nothing.of_x, nothing.of_y)
        if none and name == model.labels[0]
        else _parts_of(cut, x, y, model.labels.index(name) - none, name)
        for name in wanted
    )


def _equations(cut: Slice, x: Axis, y: Axis, target: float | None, label: str | None) -> tuple[Equation, ...]:
    """Of the class that is drawn, or of all where they are few."""
    labels = cut.model.labels
    few = len(labels) <= MOST_EQUATIONS
    wanted = [None] if len(labels) == 2 else [label] if label is not None else list(labels) if few else []
    found = (equation_of(cut, x, y, target, name) for name in wanted)
    return tuple(equation for equation in found if equation is not None)


def _parts_of(cut: Slice, x: Axis, y: Axis, k: int, label: str) -> Parts:
    of_x, of_y = cut.x.columns(_given(x)) - cut.x.held, cut.y.columns(_given(y)) - cut.y.held
    constant = cut.constant[k] + cut.x.held @ cut.x.weights[k] + cut.y.held @ cut.y.weights[k]
    along_x, along_y = of_x @ cut.x.weights[k], of_y @ cut.y.weights[k]
    products: dict[int, tuple[Floats, Floats]] = {}  # by the column of x, so that levels of y share one
    for weight, i, j in cut.products:
        constant += weight[k] * cut.x.held[i] * cut.y.held[j]
        along_x = along_x + weight[k] * of_x[:, i] * cut.y.held[j]
        along_y = along_y + weight[k] * cut.x.held[i] * of_y[:, j]
        u, v = products.get(i, (of_x[:, i], np.zeros(len(of_y))))
        products[i] = (u, v + weight[k] * of_y[:, j])
    told = tuple((tuple(map(float, u)), tuple(map(float, v))) for u, v in products.values())
    return Parts(label, float(constant), tuple(map(float, along_x)), tuple(map(float, along_y)), told)
