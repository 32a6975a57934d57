"""The page below the runs: the answer first, then the evidence."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp.tabs.compare.coefficients import coefficients_card
from dashapp.tabs.compare.curves import curve_cards
from dashapp.tabs.compare.layout import ids
from dashapp.tabs.compare.metrics import metrics_card
from dashapp.tabs.compare.options import options_card
from dashapp.tabs.compare.ranking import ranking_card
from dashapp.tabs.compare.sides import Side
from dashapp.tabs.compare.swap import swap_cards
from dashapp.widgets.basics import notice
from pipeline.figures.template import Look


def body(sides: Sequence[Side], why: str, look: Look, *, pending: bool = False) -> list[Component]:
    """`why` the runs, or some of them, are not tested row by row; empty where all are. `pending` while a job tests them."""
    notes = [notice("info", "Not all of this is tested row by row", why)] if why else []
    swaps = swap_cards(sides)
    return [
        *notes,
        ranking_card(sides, pending=pending),
        *([html.Div(swaps, className="sd-grid")] if len(swaps) > 1 else []),
        *curve_cards(sides, look, beside=swaps if len(swaps) == 1 else ()),
        metrics_card(sides),
        options_card(sides),
        html.Div(coefficients_card(sides), id=ids.terms),
    ]
