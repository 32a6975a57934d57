"""Where an applicant's score stands among those of the rows that a run is judged on: a dot for each, or for a few of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import plotly.graph_objects as go

from pipeline.figures.bands import ticks
from pipeline.figures.curves import typed
from pipeline.figures.log_odds_axis import percent
from pipeline.figures.score_dots import Dots
from pipeline.figures.side_labels import Label, placed
from pipeline.figures.template import PALETTES, Look, Palette, plain, template

HEIGHT = 252
_TOP, _BELOW = 22, 44
# The y axis counts pixels from the lowest dots: the stacks, above them the applicant's words, above those what the sides mean.
_LOW, _RING, _STACK = -22, -11, 118
_DOT, _SMALLEST = 7.4, 3.4  # of a dot
_WIDE, _NARROW = 470.0, 220.0  # pixels of width that the axis has at least
_USUAL, _USUAL_NARROW = 730.0, 290.0  # and on most screens
_OUTLINE = 0.8  # pixels, of a dot
_APART, _RING_APART = 5.0, 10.0  # pixels, of words from the line of the cut-off; beside the ring
_LEFT, _RIGHT = 16, 20  # margins, which words may reach into
_LETTER, _LINE = 6.2, 13.0  # pixels that a letter and a line take


@dataclass(frozen=True)
class PositionWords:
    """What the figure says of an applicant, in the words of the run's classes."""

    applicant: str  # "this applicant, 48%"
    cutoff: str  # "cut-off 30%"
    approve: str
    refuse: str
    good: str  # "later good"
    bad: str
    axis: str


@dataclass(frozen=True)
class _Room:
    """Where things stand: `low` and `high` are the ends of the axis, `pitch` and `top` in pixels, `width` of the axis too."""

    low: float
    high: float
    width: float
    pitch: float
    top: float

    def share(self, place: float) -> float:
        return (place - self.low) / (self.high - self.low)

    def reach(self, words: str) -> float:
        """Half of what words take, on the axis."""
        return (len(words) * _LETTER / 2 + 6) / self.width * (self.high - self.low)


@dataclass(frozen=True)
class _Stand:
    """The applicant's words: the place on the axis that they begin at, end at or stand over, and about where their middle is.

    They hang on a place and not on a number of pixels from another, so that they stand clear of it however wide the figure is.
    """

    lines: tuple[str, ...]
    at: float
    anchor: str
    shift: float
    middle: float
    up: float = 0.0


def position_figure(
    dots: Dots, score: float, cutoff: float, words: PositionWords, look: Look, *, narrow: bool = False
) -> go.Figure:
    """The dots, the cut-off as a line of ink and the applicant as a ring below them; hovering tells the counts of a bin.

    `narrow` is for a phone.
    """
    colours = PALETTES[look]
    width = _NARROW if narrow else _WIDE
    size = min(_DOT, max((_USUAL_NARROW if narrow else _USUAL) / len(dots.middles), _SMALLEST))
    pitch = min(size + 0.6, _STACK / max(dots.highest, 1))
    pad = 0.5 * (dots.edges[1] - dots.edges[0])
    room = _Room(dots.edges[0] - pad, dots.edges[-1] + pad, width, pitch, HEIGHT - _TOP - _BELOW + _LOW)
    figure = go.Figure(layout=_layout(dots, words, room, look), _validate=False)
    figure.add_traces(_dots(dots, words, pitch, min(size, pitch - 0.2), colours))
    figure.add_traces(_counts_to_hover(dots, words))
    figure.add_trace(_ring(score, words, colours))
    stand = _stand(dots, score, cutoff, words.applicant, room)
    figure.layout.meta = {"marks": [[words.cutoff, cutoff], [words.applicant, round(score, 6)]]}
    figure.layout.shapes = (
        {"type": "line", "x0": cutoff, "x1": cutoff, "yref": "paper", "y0": 0, "y1": 1,
         "line": {"color": colours.fig_ink, "width": 1.5}},
        *([{"type": "line", "x0": score, "x1": score, "y0": _RING + 6, "y1": stand.up - _LINE * len(stand.lines) / 2,
            "line": {"color": colours.fig_muted, "width": 1}, "layer": "below"}] if stand.up > 0 else []),
    )  # fmt: skip
    figure.layout.annotations = (
        *_sides(cutoff, words, room, colours),
        _said(stand.at, stand.up, *stand.lines, colour=colours.text, xanchor=stand.anchor, xshift=stand.shift),
        *_classes(dots, stand, cutoff, words, room, colours),
    )
    return figure


def position_finding(score: str, gap: float, others: str | None) -> str:
    """`48% lies well past the cut-off; 73% of applicants are safer`; the gap is in log-odds, from the cut-off to the score."""
    how = "just " if abs(gap) < 0.15 else "well " if abs(gap) >= 0.7 else ""
    where = "at the cut-off" if gap == 0 else f"{how}{'past' if gap > 0 else 'below'} the cut-off"
    return f"{score} lies {where}" + (f"; {others}" if others else "")


def _dots(dots: Dots, words: PositionWords, pitch: float, size: float, colours: Palette) -> list[go.Scatter]:
    found = []
    for name, colour, edge, is_bad in (
        (words.good, colours.series_1_soft, colours.series_1_edge, False),
        (words.bad, colours.series[1], colours.series_line[1], True),
    ):
        x: list[float] = []
        y: list[float] = []
        for middle, (lower, upper) in zip(dots.middles, dots.stacks, strict=True):
            levels = range(lower) if is_bad else range(lower, lower + upper)
            x += [middle] * len(levels)
            y += [pitch * level for level in levels]
        marker = {"size": round(size - _OUTLINE, 1), "color": colour, "line": {"width": _OUTLINE, "color": edge}}
        found.append(
            go.Scatter(
                x=typed(x), y=typed(y), mode="markers", marker=marker, hoverinfo="skip", cliponaxis=False, name=plain(name)
            )
        )
    return found


def _counts_to_hover(dots: Dots, words: PositionWords) -> list[go.Bar]:
    """Bars that nobody sees: what hovering tells, and the data of the figure."""
    return [
        go.Bar(
            x=typed(dots.middles),
            y=list(counts),
            yaxis="y2",
            opacity=0,
            name=plain(name),
            hovertemplate=f"%{{y:,}} {plain(name)}<extra></extra>",
        )
        for name, counts in ((words.good, dots.goods), (words.bad, dots.bads))
    ]


def _ring(score: float, words: PositionWords, colours: Palette) -> go.Scatter:
    return go.Scatter(
        x=[round(score, 6)],
        y=[_RING],
        mode="markers",
        cliponaxis=False,
        meta="mark",
        name=plain(words.applicant),
        marker={"size": 11, "color": colours.surface, "line": {"color": colours.fig_ink, "width": 2.2}},
        hovertemplate=f"{plain(words.applicant)}<extra></extra>",
    )


def _layout(dots: Dots, words: PositionWords, room: _Room, look: Look) -> dict[str, Any]:
    held = [tick for tick in ticks(dots.edges[0], dots.edges[-1], 10) if tick <= dots.edges[-1] + 1e-9]
    step = held[1] - held[0] if len(held) > 1 else 0.1
    digits = 0 if step > 0.0099 else 1 if step > 0.00099 else 2
    return {
        "template": template(look),
        "hovermode": "x unified",
        "barmode": "stack",
        "height": HEIGHT,
        "margin": {"l": _LEFT, "r": _RIGHT, "t": _TOP, "b": _BELOW},
        "xaxis": {
            "range": [room.low, room.high], "tickvals": held,
            "ticktext": [percent(tick) for tick in held],
            "title": {"text": plain(words.axis)}, "fixedrange": True, "hoverformat": f".{digits + 1}%",
        },
        "yaxis": {"range": [_LOW, room.top], "visible": False, "fixedrange": True},
        "yaxis2": {"overlaying": "y", "visible": False, "fixedrange": True, "rangemode": "tozero"},
    }  # fmt: skip


def _said(x: float, y: float, *lines: str, colour: str, **more: Any) -> dict[str, Any]:
    text = "<br>".join(map(plain, lines))
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"size": 11, "color": colour}, **more}


def _sides(cutoff: float, words: PositionWords, room: _Room, colours: Palette) -> list[dict[str, Any]]:
    """The names of the cut-off, and of its two sides where there is room for them."""
    at = room.share(cutoff)
    (shift,) = placed([Label(at, words.cutoff)], room.width)
    found = [_said(cutoff, 1, words.cutoff, colour=colours.text, yref="paper", yanchor="bottom", yshift=2, xshift=shift)]
    for side, name, anchor, way in ((at, words.approve, "right", -7), (1 - at, words.refuse, "left", 7)):
        if side * room.width > len(name) * _LETTER + 8:
            found.append(_said(cutoff, room.top, name, colour=colours.text_2, xanchor=anchor, xshift=way, yanchor="top"))
    return found


def _stand(dots: Dots, score: float, cutoff: float, words: str, room: _Room) -> _Stand:
    """Above the dots that are near, inside the figure, and on the score's side of the cut-off, in two lines where one is too long
    for it. Where two are, in the ring's own row: from the line on away from the ring, with an arrow to it.
    """
    side = 1 if score >= cutoff else -1
    for lines in ((words,), tuple(words.split(", ", 1))):
        found = _beside(score, cutoff, lines, side, room)
        if found is not None:
            below = max(room.pitch * dots.highest_near(found.middle, room.reach(max(lines, key=len))), 18)
            return replace(found, up=below + 4 + _LINE * len(lines) / 2)
    pointing = f"{words} →" if side > 0 else f"← {words}"
    found = _hung(cutoff, (pointing,), -side, room)
    return replace(found, shift=-side * _RING_APART, up=_RING)


def _beside(score: float, cutoff: float, lines: tuple[str, ...], side: int, room: _Room) -> _Stand | None:
    """Words at a side of the cut-off (1 for right): over the score, else from the line or to the end of the axis. None without
    room for them."""
    half, margin = _half(lines), _RIGHT if side > 0 else _LEFT
    line, place = (room.share(value) * room.width for value in (cutoff, score))
    from_line, from_place = (room.width - line, room.width - place) if side > 0 else (line, place)
    if from_line + margin < 2 * half + _APART:
        return None
    if side * (place - line) < half + _APART:
        return _hung(cutoff, lines, side, room)
    if from_place + margin >= half:
        return _Stand(lines, score, "center", 0, score)
    end = room.high if side > 0 else room.low
    into = 0 if from_line >= 2 * half + _APART else margin
    return _Stand(lines, end, "right" if side > 0 else "left", side * into, end - side * room.reach(max(lines, key=len)))


def _hung(cutoff: float, lines: tuple[str, ...], side: int, room: _Room) -> _Stand:
    """Words that begin, or end, right at the line of the cut-off."""
    middle = cutoff + side * room.reach(max(lines, key=len))
    return _Stand(lines, cutoff, "left" if side > 0 else "right", side * _APART, middle)


def _half(lines: Sequence[str]) -> float:
    """Half of the width of words, in pixels."""
    return max(map(len, lines)) * _LETTER / 2


def _classes(
    dots: Dots, stand: _Stand, cutoff: float, words: PositionWords, room: _Room, colours: Palette
) -> list[dict[str, Any]]:
    """The names of the two classes where they stand over the fewest dots, away from the applicant's and the cut-off."""
    reach = max(room.reach(words.good), room.reach(words.bad))
    own = room.reach(max(stand.lines, key=len))
    wide = room.high - room.low - 2 * reach
    places = [room.low + reach + share / 20 * wide for share in range(20, -1, -1)]  # the rightmost first
    beside = [place for place in places if abs(place - cutoff) > reach] or places
    clear = [place for place in beside if stand.up < 0 or abs(place - stand.middle) > reach + own]
    best = min(clear or beside, key=lambda place: max(dots.highest_near(place, reach), 5))
    up = room.pitch * dots.highest_near(best, reach)
    if not clear and stand.up > 0:
        up = max(up, stand.up + _LINE * len(stand.lines) / 2)
    return [
        _said(best, up + 20, words.good, colour=colours.series_1_ink, yanchor="bottom"),
        _said(best, up + 5, words.bad, colour=colours.series_2_ink, yanchor="bottom"),
    ]
