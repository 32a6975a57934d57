"""The skeletons of the pages of studies, and the list of them."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.usecases.studies import StudyCard
from dashapp.widgets.basics import card, empty, link_button, state_badge
from dashapp.widgets.dialogs import Words, delete_dialog
from dashapp.widgets.page import head, skeleton
from dashapp.widgets.tables import Column, table

ids = Ids(
    "study", "key", "tick", "shown", "head", "work", "result", "problem", "retry", "figure", "reliability", "reliability_narrow",
    "delete", "delete_dialog", "delete_body", "delete_confirm",
)  # fmt: skip
form = Ids(
    "search", "key", "body", "base", "penalty", "strengths", "l1_ratios", "class_weight", "bad_weights", "resampling", "degree",
    "folds", "judged_by", "name", "name_problem", "summary", "start", "problem",
)  # fmt: skip
listed = Ids("studies", "key", "body", "tick")
# Each option of the grid with the control that holds its values.
CONTROLS = {
    "penalty": form.penalty,
    "C": form.strengths,
    "l1_ratio": form.l1_ratios,
    "class_weight": form.class_weight,
    "class_weights": form.bad_weights,
    "resampling": form.resampling,
    "degree": form.degree,
}
KINDS = {"search": "Search", "imbalance": "Imbalance comparison", "path": "Regularisation path"}
WORDS = Words(
    what="study",
    text="Note",
    text_help="",
    text_length=0,
    deletion="Its work ends, and its results are gone for good. Runs that were saved from it stay.",
)


def list_layout() -> Component:
    return skeleton(listed.key, listed.body, {}, dcc.Interval(id=listed.tick, interval=2_000, disabled=True))


def form_layout(dataset_id: str) -> Component:
    return skeleton(form.key, form.body, {"dataset_id": dataset_id}, dcc.Store(id=form.base))


def study_layout(study_id: str) -> Component:
    """What stays and what changes while a study is at work are filled apart, so that a figure is not drawn anew each second."""
    return html.Div(
        [
            dcc.Store(id=ids.key, data={"study_id": study_id}),
            dcc.Store(id=ids.shown),
            dcc.Interval(id=ids.tick, interval=1_000, disabled=True),
            delete_dialog(ids, WORDS),
            html.Div(id=ids.head, className="sd-stack", style={"gap": "16px"}),
            html.Div(id=ids.problem),
            html.Div(id=ids.work),
            html.Div(html.P("Loading …", className="sd-busy"), id=ids.result, className="sd-stack", style={"gap": "16px"}),
        ],
        className="sd-page sd-study",
    )


def listing(cards: Sequence[StudyCard]) -> list[Component]:
    title = head("Searches and comparisons", ["Yours, and those of runs that are shared with you"])
    if not cards:
        nothing = empty(
            "grid-3x3-gap",
            "No search yet",
            "A search fits a grid of options over folds and tells which is best, and which is the simplest that is as good.",
            link_button("Choose a data set", "/runs/new"),
        )
        return [*title, nothing]
    heads = [Column("Study"), Column("What"), Column("Data set"), Column("From"), Column("State"), Column("Made", numeric=True)]
    rows = [
        [
            dcc.Link(one.name, href=f"/studies/{one.id}"),
            KINDS[one.kind],
            one.dataset_name,
            dcc.Link(one.run_name, href=f"/runs/{one.run_id}") if one.run_name else theme.NOTHING,
            state_badge(one.job.state if one.job is not None else "queued"),
            theme.when(one.created_at),
        ]
        for one in cards
    ]
    return [*title, card(theme.plural(len(cards), "study", "studies"), table(heads, rows, label="Studies"), flush=True)]
