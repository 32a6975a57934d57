"""What a picture of two fields finds, in words that are true of any shape."""

import math
from dataclasses import dataclass
from itertools import pairwise

from pipeline.boundary_results import Axis, Line, Surface
from pipeline.explaining.wording import with_unit
from pipeline.figures.bands import number
from pipeline.shown import capital

_NONE, _EVERY = "none", "all"
_COUNTED = 200  # so wide an axis of whole numbers is told one by one
_MOST_NAMED = 2  # combinations of two categories that a title names


@dataclass(frozen=True)
class Decisions:
    """What the two decisions are called: refused and approved, or predicted malignant and predicted benign."""

    refused: str = "refused"
    approved: str = "approved"


def cutoff_words(cutoff: float) -> str:
    """0.25, and 0.125 where it has been set that finely."""
    return f"{cutoff:.2f}" if abs(cutoff * 100 - round(cutoff * 100)) < 1e-9 else f"{cutoff:.3f}"


def boundary_title(found: Surface, words: Decisions) -> str:
    """Where the decision changes; where it does not, that."""
    if found.cutoff is None:
        return _of_classes(found)
    refused = found.refused
    if not found.lines and refused in {0.0, 1.0}:
        all_are = words.refused if refused else words.approved
        return f"No combination of the two crosses the cut-off of {cutoff_words(found.cutoff)}: all are {all_are}"
    if not found.x.is_number and not found.y.is_number:
        return _of_levels(found, words)
    if not found.lines:
        return _of_strips(found, words)
    measured, other = (found.y, found.x) if found.y.is_number else (found.x, found.y)
    told = [(_value(other, place), _is_refused(measured, _ranges(found, measured, place))) for place in _picks(found, other)]
    (first, one), (last, another) = told
    start = f"no {measured.name}" if one == _NONE else f"every {measured.name}" if one == _EVERY else f"{measured.name} {one}"
    if one == another:
        return f"At {other.name} {first} as at {last}, {start} is {words.refused}"
    return f"At {other.name} {first}, {start} is {words.refused}; at {last}, {another}"


def _of_classes(found: Surface) -> str:
    """How much of the picture each class takes, the largest first."""
    cells = [k for row in found.region for k in row]
    if found.label is not None:
        share = cells.count(found.labels.index(found.label)) / len(cells)
        return f"'{found.label}' is the most probable class in {_share(share)} of the picture"
    counted = sorted(((cells.count(k), found.labels[k]) for k in set(cells)), reverse=True)
    if len(counted) == 1:
        return f"Everywhere in the picture '{counted[0][1]}' is the most probable class"
    told = [f"'{label}' in {_share(n / len(cells))}" for n, label in counted[1:3]]
    more = f" and {len(counted) - 3} more in the rest" if len(counted) > 3 else ""
    first = f"'{counted[0][1]}' is the most probable class in {_share(counted[0][0] / len(cells))} of the picture"
    return f"{first}, {', '.join(told)}{more}"


def _share(share: float) -> str:
    return "under 1%" if 0 < share < 0.01 else "over 99%" if 0.99 < share < 1 else f"{share:.0%}"


def _of_levels(found: Surface, words: Decisions) -> str:
    cells = [(x, y, found.refuses(i, j)) for j, y in enumerate(found.y.names) for i, x in enumerate(found.x.names)]
    refused = [(x, y) for x, y, is_refused in cells if is_refused]
    named = " and ".join(f"{x} with {y}" for x, y in refused)
    told = f"{len(refused)} of {len(cells)} combinations are {words.refused}"
    return f"{told}: {named}" if len(refused) <= _MOST_NAMED else told


def _of_strips(found: Surface, words: Decisions) -> str:
    """Where the level alone decides, whatever the number."""
    axis = found.y if found.x.is_number else found.x
    refused = [name for k, name in enumerate(axis.names) if (found.refuses(0, k) if axis is found.y else found.refuses(k, 0))]
    told = f"{capital(axis.name)} alone decides: {len(refused)} of {len(axis.names)} are {words.refused}"
    return f"{told}, {' and '.join(refused)}" if len(refused) <= _MOST_NAMED else told


def _picks(found: Surface, axis: Axis) -> tuple[float, float]:
    """Two places that a title speaks of: a quarter in from each end, or the ends where the line passes neither of those.

    Of levels those of which the most and the least is refused.
    """
    places = axis.places
    refused = [_share_refused(found, axis, k) for k in range(len(places))]
    if not axis.is_number:
        order = sorted(range(len(places)), key=lambda k: -refused[k])
        return places[order[0]], places[order[-1]]
    quarter = len(places) // 4
    one, other = refused[quarter], refused[-1 - quarter]
    if one == other and one in {0.0, 1.0}:
        return places[0], places[-1]
    return places[quarter], places[-1 - quarter]


def _share_refused(found: Surface, axis: Axis, k: int) -> float:
    """Of the places of the other field, at one of this."""
    if axis is found.x:
        cells = [found.refuses(k, j) for j in range(len(found.y.places))]
    else:
        cells = [found.refuses(i, k) for i in range(len(found.x.places))]
    return sum(cells) / len(cells)


def _ranges(found: Surface, measured: Axis, place: float) -> list[tuple[float, float]]:
    """The stretches of one field that are refused at a place of the other: from where to where."""
    upright = measured is found.y
    crossings = sorted(at for line in found.lines for at in _crossed(line, place, upright))
    ends = [measured.low, *crossings, measured.high]
    stretches: list[tuple[float, float]] = []
    for low, high in pairwise(ends):
        if high <= low or not _refused_at(found, measured, place, (low + high) / 2):
            continue
        if stretches and stretches[-1][1] == low:
            stretches[-1] = (stretches[-1][0], high)
        else:
            stretches.append((low, high))
    return stretches


def _crossed(line: Line, place: float, upright: bool) -> list[float]:
    along, across = (line.x, line.y) if upright else (line.y, line.x)
    found = []
    for k in range(len(along) - 1):
        a, b = along[k], along[k + 1]
        if min(a, b) <= place < max(a, b):
            found.append(across[k] + (place - a) / (b - a) * (across[k + 1] - across[k]))
    return found


def _refused_at(found: Surface, measured: Axis, place: float, value: float) -> bool:
    """By the nearest place of the surface; between two crossings there may be none, and then it hardly matters."""
    other = found.x if measured is found.y else found.y
    k, m = _nearest(place, other), _nearest(value, measured)
    j, i = (m, k) if measured is found.y else (k, m)
    return found.refuses(i, j)


def _nearest(value: float, axis: Axis) -> int:
    places = axis.places
    return min(range(len(places)), key=lambda k: abs(places[k] - value))


def _is_refused(axis: Axis, ranges: list[tuple[float, float]]) -> str:
    """`none`, `all`, `above 6,100`, `below 2 and above 8`; as far as the axis goes."""
    if not ranges:
        return _NONE
    if ranges == [(axis.low, axis.high)]:
        return _EVERY
    return " and ".join(_range(axis, low, high) for low, high in ranges)


def _range(axis: Axis, low: float, high: float) -> str:
    counted = axis.whole and axis.high - axis.low <= _COUNTED
    first, last = (with_unit(number(end), axis.unit) for end in (math.ceil(low), math.ceil(high) - 1))
    if high >= axis.high:
        return f"from {first} on" if counted else f"above {_rounded(axis, low)}"
    if low <= axis.low:
        return f"up to {last}" if counted else f"below {_rounded(axis, high)}"
    if counted:
        return f"from {first} to {last}"
    return f"between {_rounded(axis, low)} and {_rounded(axis, high)}"


def _value(axis: Axis, place: float) -> str:
    return _rounded(axis, place) if axis.is_number else axis.names[int(place)]


def _rounded(axis: Axis, value: float) -> str:
    """To about a three hundredth of the axis, which is as well as a picture shows it."""
    size = 10.0 ** math.floor(math.log10((axis.high - axis.low) / 100))
    value = round(value / size) * size
    return with_unit(number(float(f"{value:.10g}")), axis.unit)
