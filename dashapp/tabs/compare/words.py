"""Numbers of a comparison in words, and the letters of its runs."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.compare.sides import Row, Side, Value
from pipeline.figures.compare import MOST_DRAWN
from pipeline.pairing_results import MetricDifference

MOST_NAMED = 3  # letters in a sentence


def letter(side: Side) -> Component:
    """The run's letter in its colour, as the figures have it."""
    colour = f" c{side.place}" if side.place < MOST_DRAWN else ""
    return html.Span(side.mark, className=f"sd-cmp-mark{colour}")


def shown(row: Row, value: float | None) -> str:
    if value is None:
        return theme.NOTHING
    if row.form == "share":
        return theme.share(value)
    return theme.metric(value) if row.form == "metric" else f"{value:.2f}".replace("-", theme.MINUS)


def interval(row: Row, value: Value) -> str:
    if value.low is None or value.high is None:
        return ""
    return f"{shown(row, value.low)} to {shown(row, value.high)}"


def difference(row: Row, found: MetricDifference) -> tuple[str, str]:
    """(`+0.0120`, `0.0031 to 0.0209`), or (`+1.2 points`, `0.3 to 2.1`) for a share: a difference and its interval."""
    times, digits, unit = (100, 1, " points") if row.form == "share" else (1, 4, "")
    # Rounded first, and a zero added, so that nothing is written as a minus zero.
    value, low, high = (round(end * times, digits) + 0.0 for end in (found.difference, found.low, found.high))
    texts = f"{value:+.{digits}f}{unit}", f"{low:.{digits}f} to {high:.{digits}f}"
    return texts[0].replace("-", theme.MINUS), texts[1].replace("-", theme.MINUS)


def better(row: Row, found: MetricDifference | None) -> bool | None:
    """Whether a difference is better or worse by more than chance; None where it is neither, or neither end is better."""
    if found is None or not row.best or not found.is_larger_than_chance:
        return None
    return (found.difference > 0) == (row.best == "high")


def sign(is_better: bool | None) -> list[Component]:
    """▲ or ▼ with its meaning."""
    if is_better is None:
        return []
    said = f"{'better' if is_better else 'worse'} than the champion by more than chance"
    return [html.Span("▲" if is_better else "▼", title=said, className="sd-cmp-sign", role="img", **{"aria-label": said})]


def letters(sides: Sequence[Side]) -> str:
    """`B`, `B and C`, `B, C and D`, `5 runs`."""
    marks = [side.mark for side in sides]
    if len(marks) > MOST_NAMED:
        return f"{len(marks)} runs"
    return marks[0] if len(marks) == 1 else f"{', '.join(marks[:-1])} and {marks[-1]}"


def verb(sides: Sequence[Side], one: str, many: str) -> str:
    return one if len(sides) == 1 else many
