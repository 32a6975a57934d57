"""The swap set: who is approved by one run and not by the other, and how they turned out."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.compare.sides import Side
from dashapp.widgets.basics import Children, card
from pipeline.evaluation.intervals import wilson_interval
from pipeline.pairing_results import Pair, SwapCell

LEAST_ROWS = 10  # below which a share of bads is not told


def swap_cards(sides: Sequence[Side]) -> list[Component]:
    """A card for each challenger that shares rows with the champion."""
    paired = [side for side in sides if side.pair is not None and side.pair.swap]
    n_threes = len(paired) // 3 * 3 if len(paired) % 3 == 0 else 3 if len(paired) % 2 and len(paired) > 3 else 0
    spans = [4] * n_threes + [6] * (len(paired) - n_threes)  # whole rows, whatever their number
    return [_card(side, side.pair, span) for side, span in zip(paired, spans, strict=True) if side.pair is not None]


def swap_finding(mark: str, pair: Pair) -> str:
    """`B approves 34 that A refuses; 12% of them went bad`."""
    taken, left = pair.cell(champion=False, challenger=True), pair.cell(champion=True, challenger=False)
    if not _n(taken) and not _n(left):
        return f"{mark} and the champion decide every row alike"
    if not _n(taken):
        return (
            f"{mark} approves nobody whom the champion refuses, and refuses {theme.count(_n(left))} whom it approves{_bad(left)}"
        )
    return f"{mark} approves {theme.count(_n(taken))} whom the champion refuses{_bad(taken)}"


def _bad(cell: SwapCell) -> str:
    n = _n(cell)
    if n < LEAST_ROWS:
        return f"; {theme.count(cell.n_bad)} of them went bad"
    return f"; {theme.chance(cell.n_bad / n)} of them went bad"


def _card(side: Side, pair: Pair, span: int) -> Component:
    parts: list[Component] = [html.Div(), _head("Champion approves"), _head("Champion refuses")]
    for challenger in (True, False):
        parts.append(html.Div(f"{side.mark} {'approves' if challenger else 'refuses'}", className="side"))
        parts += [_cell(pair, champion=champion, challenger=challenger) for champion in (True, False)]
    under = (
        f"{side.name}, {theme.count(pair.n_rows)} rows that both held out (of {theme.count(pair.n_champion)} and "
        f"{theme.count(pair.n_challenger)}), each run at its own cut-off; share of bads with Wilson's 95% interval."
    )
    return card(
        swap_finding(side.mark, pair), html.Div(parts, className="sd-swap"), under=under, span=span, foot=_mcnemar(side, pair)
    )


def _head(words: str) -> Component:
    return html.Div(words, className="head")


def _cell(pair: Pair, *, champion: bool, challenger: bool) -> Component:
    cell = pair.cell(champion=champion, challenger=challenger)
    n = _n(cell)
    words: list[Children] = [html.B(theme.count(n)), f"\n{theme.share(n / pair.n_rows)} of the rows\n"]
    if n < LEAST_ROWS:
        words.append(f"too few for a rate, {theme.count(cell.n_bad)} bad" if n else "nobody")
    else:
        low, high = wilson_interval(cell.n_bad, n)
        words += [html.B(theme.share(cell.n_bad / n)), f" went bad\n{theme.share(low)} to {theme.share(high)}"]
    return html.Div(words, className="cell swapped" if champion != challenger else "cell")


def _mcnemar(side: Side, pair: Pair) -> Component:
    first, second = pair.only_champion_right, pair.only_challenger_right
    told = (
        f"{theme.plural(second, 'row')} {'is' if second == 1 else 'are'} decided rightly by {side.mark} alone and "
        f"{theme.count(first)} by the champion alone"
    )
    if pair.mcnemar_p is None:
        return html.P("Both decide the same rows rightly.", className="sd-meta")
    said = "more than chance" if pair.mcnemar_p < 0.05 else "no more than chance"
    text = f"{told}: {said} (McNemar's exact test, p {theme.p_value(pair.mcnemar_p)}). Both mistakes count alike in it."
    return html.P(text, className="sd-meta")


def _n(cell: SwapCell) -> int:
    return cell.n_good + cell.n_bad
