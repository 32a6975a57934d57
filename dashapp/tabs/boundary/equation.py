"""θ as it reads: the log-odds as a sum over the two fields, in their own units."""

import math

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from pipeline.boundary_results import Axis, Equation, Power, Step, Surface
from pipeline.explaining.wording import with_unit
from pipeline.shown import capital

_RAISED = {1: "", 2: "²", 3: "³", 4: "⁴"}
_MOST_STEPS = 30
_FEW_STEPS = 10  # where the equation is the second one of a page


def equation_parts(found: Surface, *, brief: bool = False) -> list[Component]:
    """The equation, what its steps are, and what it says of the boundary; the first few steps alone where it is to be brief."""
    most = _FEW_STEPS if brief else _MOST_STEPS
    return [part for equation in found.equations for part in _parts(found, equation, most)]


def _parts(found: Surface, equation: Equation, most: int) -> list[Component]:
    steps = [
        _steps(field, other, rows, crossings, most)
        for field, other, rows, crossings in (
            (found.x.name, equation.names[1], equation.x_steps, _crossings(found, found.x, found.y)),
            (found.y.name, equation.names[0], equation.y_steps, _crossings(found, found.y, found.x)),
        )
        if rows
    ]
    pairs = [_pairs(found, equation)] if equation.pairs else []
    notes = [html.P(note, className="sd-quiet") for note in equation.notes]
    return [
        html.P(_sum(found, equation), className="sd-boundary-equation"),
        *_of_boundary(found, equation),
        *([html.Div(steps, className="sd-boundary-tables")] if steps else []),
        *pairs,
        *notes,
    ]


def _sum(found: Surface, equation: Equation) -> str:
    of = f" of '{equation.label}'" if found.cutoff is None else ""
    parts = [f"log-odds{of} = {_number(equation.constant, _digits(equation.constant))}"]
    for power in equation.powers:
        most = _most(found.x, equation.names[0]) ** power.of_x * _most(found.y, equation.names[1]) ** power.of_y
        parts.append(f"{_signed(power.coefficient, _digits(power.coefficient * most))} · {_name(power, equation)}")
    for axis, steps in ((found.x, equation.x_steps), (found.y, equation.y_steps)):
        parts += [f"+ what '{axis.name}' adds"] if steps else []
    return " ".join(parts)


def _name(power: Power, equation: Equation) -> str:
    """age, ln(1 + income)², age · income."""
    degrees = zip(equation.names, (power.of_x, power.of_y), strict=True)
    return " · ".join(f"{name}{_RAISED.get(degree, f'^{degree}')}" for name, degree in degrees if degree)


def _most(axis: Axis, name: str) -> float:
    """The largest size in the picture of what a power is of."""
    ends = [math.log1p(end) if name != axis.name and end > -1 else end for end in (axis.low, axis.high)]
    return max(map(abs, ends))


def _digits(most: float) -> int:
    """How many digits that count keep a term of the sum, at its largest, within 0.002 of what it is."""
    return max(4, min(15, math.ceil(1 + math.log10(abs(most) / 0.004)))) if most else 4


def _of_boundary(found: Surface, equation: Equation) -> list[Component]:
    if found.cutoff is None or found.target is None:
        return []
    if math.isinf(found.target):
        return [html.P(f"At the cut-off of {theme.cutoff(found.cutoff)} the decision is the same whatever the log-odds are.")]
    said = f"At the cut-off of {theme.cutoff(found.cutoff)} the log-odds are {_number(found.target)}"
    if equation.line is not None:
        start, slope = equation.line
        along = f" {_signed(slope)} · {found.x.name}" if slope else ""
        return [html.P(f"{said}, so the boundary is the line {found.y.name} = {_number(start)}{along}.")]
    if equation.shape == "line":
        return [html.P(f"{said}, so the boundary is an upright line.")]
    if equation.shape:
        article = "an" if equation.shape == "ellipse" else "a"
        at = equation.centre
        seen = at is not None and None not in (found.x.place(at[0]), found.y.place(at[1]))
        where = f" around {found.x.name} {_number(at[0])} and {found.y.name} {_number(at[1])}" if at is not None and seen else ""
        return [html.P(f"{said}. By its second powers and products the boundary is {article} {equation.shape}{where}.")]
    return [html.P(f"{said}: the boundary is where the sum comes to that.")]


def _crossings(found: Surface, levels: Axis, number: Axis) -> list[str] | None:
    """Where each level crosses the cut-off, in words; None where that cannot be said of levels."""
    if found.cutoff is None or levels.is_number or not number.is_number:
        return None
    at: list[list[float]] = [[] for _ in levels.levels]
    for line in found.lines:
        along, across = (line.x, line.y) if levels is found.x else (line.y, line.x)
        at[round(sum(along) / 2)].append(across[0])
    return [" and ".join(with_unit(_number(place), number.unit) for place in sorted(places)) or "not here" for places in at]


def _steps(field: str, other: str, steps: tuple[Step, ...], crossings: list[str] | None, most: int) -> Component:
    """What each level adds, its slope over the other field where the two are multiplied, and where it crosses the cut-off."""
    sloped = any(step.slope for step in steps)
    head = [html.Th(capital(field), scope="col"), html.Th("Adds", scope="col", className="num")]
    head += [html.Th(f"per unit of {other}", scope="col", className="num")] if sloped else []
    head += [html.Th("at the cut-off", scope="col", className="num")] if crossings else []
    rows = []
    for k, step in enumerate(steps[:most]):
        cells = [html.Th(step.name, scope="row"), html.Td(theme.signed(step.constant, "{:+.3f}"), className="num")]
        cells += [html.Td(_signed(step.slope), className="num")] if sloped else []
        cells += [html.Td(crossings[k], className="num")] if crossings else []
        rows.append(html.Tr(cells))
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="sd-table")
    more = [html.P(f"The first {most} of {len(steps)}.", className="sd-quiet")] if len(steps) > most else []
    about = {"role": "region", "aria-label": f"What {field} adds"}
    return html.Div([html.Div(table, className="sd-boundary-scroll", tabIndex=0, **about), *more])


def _pairs(found: Surface, equation: Equation) -> Component:
    """What two levels add together."""
    told = [f"{pair.x} with {pair.y} {theme.estimate(pair.constant)}" for pair in equation.pairs[:_MOST_STEPS]]
    more = f"; and {len(equation.pairs) - _MOST_STEPS} more" if len(equation.pairs) > _MOST_STEPS else ""
    return html.P(f"{capital(found.x.name)} and {found.y.name} together: {'; '.join(told)}{more}.")


def _number(value: float, n: int = 4) -> str:
    """So many digits that count: 11,470, 0.3907, 0.00005166."""
    size = abs(value)
    if size and not 1e-7 <= size < 1e12:
        return theme.signed(value, f"{{:.{n - 1}e}}")
    digits = n if not size else max(0, n - 1 - math.floor(math.log10(size)))
    text = f"{float(f'{value:.{n}g}'):,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", theme.MINUS)


def _signed(value: float, n: int = 4) -> str:
    return f"{'−' if value < 0 else '+'} {_number(abs(value), n)}"
