"""The confusion matrix as four cells: pale is a correct decision, strong a mistake."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from pipeline.results import Confusion


def confusion_matrix(counts: Confusion) -> Component:
    """Goods and bads against approved and refused; rates are shares of the row's class."""
    goods, bads = counts.tn + counts.fp, counts.fn + counts.tp
    return html.Div(
        [
            html.Div(),
            _head("Approved", counts.tn + counts.fn),
            _head("Refused", counts.fp + counts.tp),
            _side("Good", goods),
            _cell("good-right", counts.tn, goods, "good, approved", "goods"),
            _cell("good-wrong", counts.fp, goods, "good, refused", "goods"),
            _side("Bad", bads),
            _cell("bad-wrong", counts.fn, bads, "bad, approved", "bads"),
            _cell("bad-right", counts.tp, bads, "bad, refused", "bads"),
        ],
        className="sd-matrix",
        style={"gridTemplateColumns": "auto 1fr 1fr"},
    )


def class_matrix(counts: Sequence[Sequence[int]], labels: Sequence[str]) -> Component:
    """Actual classes as rows, predicted as columns."""
    parts: list[Component] = [html.Div()]
    parts += [_head(label, sum(row[i] for row in counts)) for i, label in enumerate(labels)]
    for i, (label, row) in enumerate(zip(labels, counts, strict=True)):
        parts.append(_side(label, sum(row)))
        parts += [
            _cell(
                "good-right" if i == j else "bad-wrong" if n else "other",
                n,
                sum(row),
                "correct" if i == j else f"read as {labels[j]}",
                label,
            )
            for j, n in enumerate(row)
        ]
    return html.Div(parts, className="sd-matrix", style={"gridTemplateColumns": f"auto repeat({len(labels)}, 1fr)"})


def _head(word: str, n: int) -> Component:
    return html.Div([word, html.B(theme.count(n))], className="head")


def _side(word: str, n: int) -> Component:
    return html.Div([word, html.B(theme.count(n))], className="side")


def _cell(kind: str, n: int, of: int, words: str, noun: str) -> Component:
    share = f"{theme.chance(n / of)} of {noun}" if of else theme.NOTHING
    return html.Div([html.B(theme.count(n)), html.Span(words), html.Span(share)], className=f"cell {kind}")
