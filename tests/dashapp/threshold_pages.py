"""The Threshold page as its callbacks fill it."""

from typing import Any

from dashapp.tabs.threshold.cards import cards, nothing, state_fact
from dashapp.tabs.threshold.layout import ids
from dashapp.tabs.threshold.table import strategy_table
from dashapp.tabs.threshold.worth import worth_card
from dashapp.usecases import cutoffs
from dashapp.usecases.desk import Desk
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import button
from pipeline.cutoffs.worth import Targets, Worth


def threshold_pages(desk: Desk, view: RunView) -> list[Any]:
    """With a saved cut-off, so that there is one to go back from."""
    found = cutoffs.tables(view)
    assert found is not None
    saved = RunView(**{**vars(view), "cutoff_choice": {"rule": cutoffs.BY_HAND, "before": {"cutoff": 0.5, "choice": None}}})
    card = worth_card(Worth(), Targets(), ("income",))
    actions = [button("Back", ids.back), button("Save", ids.save), state_fact(view, found)]
    plan = cutoffs.plan(desk, view, Worth(), None)
    return [*cards(saved, found, card, "light"), actions, strategy_table(view, plan, found), nothing(view, "Nothing", "Wait.")]
