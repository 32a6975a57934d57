"""Every metric of every run side by side, with its interval and its difference to the champion."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.compare.sides import Row, Side, Value, present
from dashapp.tabs.compare.words import better, difference, interval, letter, letters, shown, verb
from dashapp.widgets.basics import card
from dashapp.widgets.stability import verdict
from dashapp.widgets.tables import Column, table


def metrics_card(sides: Sequence[Side]) -> Component:
    found = present(sides)
    heads = [Column("Metric"), *(Column(head(side), numeric=True) for side in sides)]
    body = [[_label(row), *(_cell(row, value) for value in values)] for row, values in found]
    under = (
        "Each run on the rows that it is judged by, decisions at its own cut-off, with 95% intervals; under them the difference "
        "to the champion on shared rows with its own. ▲ better and ▼ worse by more than chance."
    )
    n_tested = sum(value.difference is not None and bool(row.best) for row, values in found for value in values)
    if n_tested:
        under += f" By chance alone, about {max(1, round(n_tested / 20))} of these {n_tested} would be marked."
    return html.Div(
        card(metrics_finding(sides, found), table(heads, body, label="Metrics", wrap=True), under=under, flush=True),
        className="sd-cmp-metrics",
    )


def head(side: Side) -> Component:
    """A run's letter and name above its column."""
    return html.Span([letter(side), html.Span(side.name)], className="sd-cmp-head")


def metrics_finding(sides: Sequence[Side], found: Sequence[tuple[Row, Sequence[Value]]]) -> str:
    """How many of the tested metrics speak for and against each challenger."""
    told = []
    for side in sides[1:]:
        verdicts = [better(row, values[side.place].difference) for row, values in found]
        good, bad = sum(one is True for one in verdicts), sum(one is False for one in verdicts)
        tested = sum(values[side.place].difference is not None and bool(row.best) for row, values in found)
        if tested:
            told.append((side, good, bad, tested))
    if not told:
        return "Metrics side by side"
    if len(told) == 1:
        side, good, bad, tested = told[0]
        if not good and not bad:
            return f"Of {tested} metrics that were tested, {side.mark} differs in none by more than chance"
        return f"Of {tested} metrics that were tested, {side.mark} is better in {good} and worse in {bad} by more than chance"
    ahead = [side for side, good, bad, _ in told if good > bad]
    behind = [side for side, good, bad, _ in told if bad > good]
    if not ahead and not behind:
        return "No challenger is ahead of the champion in more metrics than behind"
    parts = [f"{letters(ahead)} {verb(ahead, 'is', 'are')} better than the champion in more metrics than worse"] if ahead else []
    rest = "worse in more than better" if ahead else "worse than the champion in more metrics than better"
    parts += [f"{letters(behind)} {verb(behind, 'is', 'are')} {rest}"] if behind else []
    return ", ".join(parts)


def _label(row: Row) -> Component:
    note = "lower is better" if row.best == "low" else ""
    return html.Span([row.label, *([html.Span(note, className="note")] if note else [])], title=row.help)


def _cell(row: Row, value: Value) -> str:
    """Value, interval and difference as the lines of one text: a table of many runs travels small (assets/30-compare.css)."""
    if value.value is None:
        return theme.NOTHING
    lines = [shown(row, value.value)]
    ends = verdict(value.value) if row.name == "psi" else interval(row, value)
    if ends:
        lines.append(ends)
    if value.difference is not None:
        words, ends = difference(row, value.difference)
        said = better(row, value.difference)
        lines += [words + {True: " ▲ better", False: " ▼ worse", None: ""}[said], ends]
    return "\n".join(lines)
