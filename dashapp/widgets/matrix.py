"""The confusion matrix: counts with their share of the row, the column or all; pale is a correct decision, strong a mistake."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from pipeline.evaluation_results import Confusion

SHARES = (("row", "Of the class"), ("column", "Of the decision"), ("all", "Of all"))


def confusion_matrix(counts: Confusion) -> Component:
    """Goods and bads against approved and refused."""
    goods, bads = counts.tn + counts.fp, counts.fn + counts.tp
    approved, refused = counts.tn + counts.fn, counts.fp + counts.tp
    n = goods + bads
    cells = (
        _side("Good", goods),
        _cell("good-right", counts.tn, "good, approved", (goods, "goods"), (approved, "approved"), n),
        _cell("good-wrong", counts.fp, "good, refused", (goods, "goods"), (refused, "refused"), n),
        _side("Bad", bads),
        _cell("bad-wrong", counts.fn, "bad, approved", (bads, "bads"), (approved, "approved"), n),
        _cell("bad-right", counts.tp, "bad, refused", (bads, "bads"), (refused, "refused"), n),
    )
    return _switched([html.Div(), _head("Approved", approved), _head("Refused", refused), *cells], 2)


def class_matrix(counts: Sequence[Sequence[int]], labels: Sequence[str]) -> Component:
    """Actual classes as rows, predicted as columns."""
    totals = [sum(row[j] for row in counts) for j in range(len(labels))]
    n = sum(totals)
    parts: list[Component] = [html.Div(), *(_head(label, total) for label, total in zip(labels, totals, strict=True))]
    for i, (label, row) in enumerate(zip(labels, counts, strict=True)):
        parts.append(_side(label, sum(row)))
        for j, cases in enumerate(row):
            kind = "good-right" if i == j else "bad-wrong" if cases else "other"
            words = "correct" if i == j else f"read as {labels[j]}"
            parts.append(_cell(kind, cases, words, (sum(row), label), (totals[j], f"read as {labels[j]}"), n))
    return _switched(parts, len(labels))


def _switched(parts: list[Component], n_columns: int) -> Component:
    """The matrix under the switch of what its shares are of; assets/44-matrix.js turns it."""
    buttons = [
        html.Button(words, type="button", **{"data-matrix-share": share, "aria-pressed": "true" if i == 0 else "false"})
        for i, (share, words) in enumerate(SHARES)
    ]
    switch = html.Div(buttons, className="sd-matrix-switch", role="group", **{"aria-label": "What the shares are of"})
    matrix = html.Div(parts, className="sd-matrix", style={"gridTemplateColumns": f"auto repeat({n_columns}, 1fr)"})
    return html.Div([switch, matrix], className="sd-matrix-box", **{"data-share": SHARES[0][0]})


def _head(word: str, n: int) -> Component:
    return html.Div([word, html.B(theme.count(n))], className="head")


def _side(word: str, n: int) -> Component:
    return html.Div([word, html.B(theme.count(n))], className="side")


def _cell(kind: str, n: int, words: str, row: tuple[int, str], column: tuple[int, str], of_all: int) -> Component:
    bases = {"row": row, "column": column, "all": (of_all, "all")}
    shares = [
        html.Span(f"{theme.chance(n / of)} of {noun}" if of else theme.NOTHING, className=f"of-{share}")
        for share, (of, noun) in bases.items()
    ]
    return html.Div([html.B(theme.count(n)), html.Span(words), *shares], className=f"cell {kind}")
