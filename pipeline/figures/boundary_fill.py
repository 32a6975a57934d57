"""The pale colours of a picture of two fields: from good to bad, with the change of colour exactly where the decision changes."""

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from pipeline.boundary_results import Surface
from pipeline.figures.boundary_dots import grid, mixed
from pipeline.figures.curves import typed
from pipeline.figures.template import Palette

_STOPS = 32  # of the scale, evenly spaced in probability
_FINE = 65_535  # parts of the scale, in two bytes
_NEAR = 0.35  # how much of its colour a side has left beside the boundary


def draw_fill(figure: go.Figure, found: Surface, colours: Palette, name: str, hover: str) -> None:
    """The probability as colour, and as what the pointer reads.

    Of two numbers the colours follow the log-odds between the places, as a boundary does; a probability, above all a
    recalibrated one, bends too much for that, and its colours would part from the line.
    """
    gaps = {"xgap": 0 if found.x.is_number else 3, "ygap": 0 if found.y.is_number else 3}
    shared = {"x": typed(found.x.places), "y": typed(found.y.places), "showscale": False, "name": name}
    smooth = found.x.is_number and found.y.is_number and not (found.x.stepped or found.y.stepped)
    heights = found.log_odds or found.probability
    low, high = _ends(heights)
    figure.add_heatmap(
        **shared, **gaps, z=grid([[round((value - low) / (high - low) * _FINE) for value in row] for row in heights], "uint16"),
        zmin=0, zmax=_FINE, colorscale=shades(found, colours), zsmooth="best" if smooth else False, hoverinfo="skip",
    )  # fmt: skip
    figure.add_heatmap(**shared, **gaps, z=grid(found.probability), opacity=0, hovertemplate=hover)


def shades(found: Surface, colours: Palette) -> list[list[Any]]:
    """The scale of the log-odds, by the probability that they come to; it jumps at the cut-off."""
    good, bad, paper = colours.series_1_soft, colours.series_2_soft, colours.surface
    if not found.log_odds or found.cutoff is None or found.target is None:
        return [[0, paper], [1, good]]
    pairs = sorted({(eta, p) for etas, row in zip(found.log_odds, found.probability, strict=True)
                    for eta, p in zip(etas, row, strict=True)})  # fmt: skip
    low, high = _ends(found.log_odds)
    least, most = pairs[0][1], pairs[-1][1]
    target = min(max(found.target, low), high)

    def share(eta: float) -> float:
        return (eta - low) / (high - low)

    def colour(chance: float, eta: float) -> str:
        """Full at the ends of the picture's probabilities, pale beside the cut-off."""
        is_bad = eta > target or target == low
        end = most if is_bad else least
        room = abs(end - found.cutoff) if found.cutoff is not None else 0.0
        strength = min(1.0, abs(chance - (found.cutoff or 0.0)) / room) if room else 0.0
        return mixed(bad if is_bad else good, paper, _NEAR + (1 - _NEAR) * strength)

    inside = [(eta, p) for eta, p in _spread(pairs) if eta != target]
    stops = [(share(eta), colour(p, eta)) for eta, p in inside]
    if low < target < high:
        stops += [(share(target), mixed(tone, paper, _NEAR)) for tone in (good, bad)]
    stops.sort(key=lambda stop: stop[0])
    return [[0.0, stops[0][1]], *([at, tone] for at, tone in stops if 0 < at < 1), [1.0, stops[-1][1]]]


def _spread(pairs: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Of ascending log-odds and their probabilities those that lie a step of probability apart, and both ends."""
    step = (pairs[-1][1] - pairs[0][1]) / _STOPS
    found = [pairs[0]]
    for pair in pairs[1:-1]:
        if pair[1] - found[-1][1] >= step > 0:
            found.append(pair)
    return [*found, pairs[-1]]


def _ends(values: Sequence[Sequence[float]]) -> tuple[float, float]:
    low, high = min(map(min, values)), max(map(max, values))
    return (low, high) if math.nextafter(low, high) < high else (low - 1e-6, high + 1e-6)
