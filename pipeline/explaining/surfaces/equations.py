"""θ as an equation in two fields: the log-odds in their own units, with all that is held folded into the constant."""

from itertools import pairwise

import numpy as np

from pipeline.boundary_results import Axis, Equation, Pair, Power, Step
from pipeline.explaining.surfaces.slices import Side, Slice
from pipeline.frame import Floats
from pipeline.levels import number_text
from pipeline.terms import BinnedNumberTerm, NumberTerm, PowerTerm, ProductTerm

_RESIDUE = 1e-15  # of the largest part of a sum: what rounding leaves of one that is none
_NOTHING = 1e-12  # the same of a discriminant


def equation_of(cut: Slice, x: Axis, y: Axis, target: float | None, label: str | None) -> Equation | None:
    """The equation of the class that is drawn; None for one without coefficients.

    A number is a polynomial in its own unit (of ln(1 + it), where it enters so); a category, or a number that enters as weight
    of evidence, a constant for each level or range, with a slope over the other field where the two are multiplied.
    """
    model = cut.model
    k = 0 if label is None else model.labels.index(label) - (model.link == "reference")
    if k < 0:
        return None
    of_x, of_y = _Form(cut.x, x, k), _Form(cut.y, y, k)
    power = np.zeros((len(of_x.polynomial), len(of_y.polynomial)))
    power[:, 0] += of_x.polynomial
    power[0] += of_y.polynomial
    power[0, 0] += cut.constant[k]
    slope_x, slope_y = np.zeros(len(of_x.steps)), np.zeros(len(of_y.steps))
    together = np.zeros((len(of_x.steps), len(of_y.steps)))
    for weight, i, j in cut.products:
        w, base_x, base_y = weight[k], of_x.base, of_y.base
        if base_x is not None and base_y is not None:
            power[:2, :2] += w * np.outer(base_x, base_y)
        elif base_x is not None:
            of_y.constants += w * base_x[0] * of_y.columns[:, j]
            slope_y += w * base_x[1] * of_y.columns[:, j]
        elif base_y is not None:
            of_x.constants += w * base_y[0] * of_x.columns[:, i]
            slope_x += w * base_y[1] * of_x.columns[:, i]
        else:
            together += w * np.outer(of_x.columns[:, i], of_y.columns[:, j])
    # By what they come to at the ends of the axes: of a number in thousands the square's coefficient is a millionth of its own.
    reached = np.abs(power) * np.outer(of_x.size ** np.arange(len(power)), of_y.size ** np.arange(len(power[0])))
    power[reached < _RESIDUE * reached.max()] = 0.0
    there = sorted((int(i > 0) + 2 * int(j > 0), int(i), int(j)) for i, j in np.argwhere(power) if i or j)  # x, y, products
    powers = tuple(Power(float(power[i, j]), i, j) for _, i, j in there)
    pairs = tuple(Pair(of_x.steps[i], of_y.steps[j], float(together[i, j])) for i, j in np.argwhere(together))
    stepless = not of_x.steps and not of_y.steps
    plain = stepless and not of_x.is_log and not of_y.is_log
    shape, centre, line = _shape(power, target) if plain else ("", None, None)
    return Equation(
        label=model.labels[1] if label is None else label,
        names=(of_x.name, of_y.name),
        constant=float(power[0, 0]),
        powers=powers,
        x_steps=_steps(of_x, slope_x),
        y_steps=_steps(of_y, slope_y),
        pairs=pairs,
        shape=shape,
        centre=centre,
        line=line,
        notes=tuple(note for form in (of_x, of_y) for note in form.notes),
    )


class _Form:
    """What one field is in the equation: a polynomial, or steps.

    `base` is a + b · X, which the number is in the model's scale; `columns` are those of each step. `size` is the largest X of
    the axis, whatever its sign.
    """

    def __init__(self, side: Side, axis: Axis, k: int) -> None:
        self.name = axis.name
        self.polynomial: Floats = np.zeros(2)
        self.base: Floats | None = None
        self.size = 1.0
        self.steps: tuple[str, ...] = ()
        self.columns: Floats = np.zeros((0, 0))
        self.constants: Floats = np.zeros(0)
        self.notes: list[str] = []
        self.is_log = False
        weights = side.weights[k]
        term = next(term for term in side.terms if term.sources == (side.field,))
        if isinstance(term, NumberTerm) and not term.order:
            self._number(side, axis, term, weights)
            return
        if isinstance(term, BinnedNumberTerm) and not term.order:
            edges = (-np.inf, *term.edges, np.inf)
            self.steps = tuple(_between(low, high) for low, high in pairwise(edges))
            values = np.array([_inside(low, high) for low, high in pairwise(edges)])
            self.columns = side.columns(values)
        else:
            self.steps, self.columns = axis.names, side.columns(axis.levels)
        self.constants = self.columns @ weights

    def _number(self, side: Side, axis: Axis, term: NumberTerm, weights: Floats) -> None:
        self.is_log = term.log
        self.name = f"ln(1 + {axis.name})" if term.log else axis.name
        self.base = np.array([-term.mean / term.scale, 1 / term.scale])
        found = weights[0] * self.base
        place = 0
        for each in side.terms:
            degree = each.degree if isinstance(each, PowerTerm) else 2 if isinstance(each, ProductTerm) else 0
            if degree:
                raised = np.polynomial.polynomial.polypow(self.base, degree) * weights[place]
                found = np.polynomial.polynomial.polyadd(found, raised)
            place += each.width
        self.polynomial = found
        ends = (np.log1p(axis.low), np.log1p(axis.high)) if term.log and axis.low > -1 else (axis.low, axis.high)
        self.size = float(max(map(abs, ends)))
        for bound, beyond, word in ((term.low, term.low is not None and ends[0] < term.low, "below"),
                                    (term.high, term.high is not None and ends[1] > term.high, "above")):  # fmt: skip
            if beyond and bound is not None:
                own = _told(float(f"{np.expm1(bound) if term.log else bound:.6g}"))
                self.notes.append(f"{axis.name} {word} {own} counts as {own}.")


def _steps(form: _Form, slopes: Floats) -> tuple[Step, ...]:
    return tuple(Step(name, float(a), float(b)) for name, a, b in zip(form.steps, form.constants, slopes, strict=True))


def _between(low: float, high: float) -> str:
    if np.isinf(low):
        return "every value" if np.isinf(high) else f"below {_told(high)}"
    return f"{_told(low)} and above" if np.isinf(high) else f"{_told(low)} to below {_told(high)}"


def _told(edge: float) -> str:
    """With all its digits, and commas in a large whole number."""
    return (f"{edge:,.0f}" if edge == int(edge) and abs(edge) < 1e15 else number_text(edge)).replace("-", "−")


def _inside(low: float, high: float) -> float:
    return float(low if np.isfinite(low) else np.nextafter(high, -np.inf) if np.isfinite(high) else 0.0)


def _shape(power: Floats, target: float | None) -> tuple[str, tuple[float, float] | None, tuple[float, float] | None]:
    """What the boundary is, by its highest powers: of the second degree by the sign of their discriminant."""
    if not np.any(power[1:]) and not np.any(power[:, 1:]):
        return "", None, None
    square = np.zeros((max(3, power.shape[0]), max(3, power.shape[1])))
    square[: power.shape[0], : power.shape[1]] = power
    if np.any(square[3:]) or np.any(square[:, 3:]):
        return "", None, None
    a, b, c, d, e = square[2, 0], square[1, 1], square[0, 2], square[1, 0], square[0, 1]
    if not (a or b or c):
        at = target is not None and np.isfinite(target) and e != 0
        return "line", None, (float((target - square[0, 0]) / e), float(-d / e)) if at and target is not None else None
    sign = b * b - 4 * a * c
    if abs(sign) <= _NOTHING * max(b * b, abs(4 * a * c)):
        return "parabola", None, None
    middle = np.linalg.solve(np.array([[2 * a, b], [b, 2 * c]]), [-d, -e])
    return ("ellipse" if sign < 0 else "hyperbola"), (float(middle[0]), float(middle[1])), None
