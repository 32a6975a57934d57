"""Runs and data sets as tables: the same on Home and on their own pages."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.datasets import DatasetCard
from dashapp.usecases.runs import RunCard
from dashapp.widgets.basics import Children, person, progress_bar, stage_badge, state_badge
from dashapp.widgets.tables import Column, Scale, bar, table
from pipeline.figures.curves import score_text

_DESCRIPTION_SHOWN = 90


def runs_table(cards: Sequence[RunCard], *, label: str, picked: Sequence[str] | None = None) -> Component:
    """AUC on held-out rows with its interval, all runs on one scale.

    With `picked` (ids of runs) a box stands before each run that has a result; what is ticked is told by `{"pick-run": id}`.
    """
    ends = [value for card in cards for value in (card.auc_low or card.auc, card.auc_high or card.auc) if value is not None]
    scale = Scale.around(ends, 0.1) if ends else None
    columns = [
        Column("Run"),
        Column("Data set"),
        Column("AUC", numeric=True),
        Column(scale.head() if scale is not None else ""),
        Column("Stage"),
        Column("Cut-off", numeric=True),
        Column("Made by"),
        Column("Changed", numeric=True),
    ]
    rows = [
        [
            _run_name(card, picked),
            card.dataset_name,
            *_score(card, scale),
            stage_badge(card.stage) if card.state == "succeeded" else state_badge(card.state),
            _cutoff(card),
            person(card.owner, card.mine),
            theme.when(card.changed_at),
        ]
        for card in cards
    ]
    return table(columns, rows, label=label)


def _run_name(card: RunCard, picked: Sequence[str] | None) -> Component:
    """With a word on where the run comes from, for one that was not trained here."""
    words: list[Children] = [dcc.Link(card.name, href=f"/runs/{card.id}")]
    if card.origin.kind != "trained":
        words.append(html.Span("a score" if card.origin.kind == "score" else "recalibrated", className="sd-version"))
    if picked is None:
        return html.Span(words)
    box = dbc.Checkbox(
        id={"pick-run": card.id},
        value=card.id in picked,
        label=f"Pick {card.name}",
        label_class_name="sd-hidden",
        disabled=card.state != "succeeded",
        class_name="sd-tick",
    )
    return html.Span([box, *words], className="sd-tick-name")


def _cutoff(card: RunCard) -> Children:
    if card.state != "succeeded":
        return theme.NOTHING
    scale = card.origin.scale
    return theme.cutoff(card.cutoff) if scale is None else score_text(card.cutoff, scale)


def _score(card: RunCard, scale: Scale | None) -> tuple[Children, Children]:
    if card.job is not None and card.job.active:
        bar_cell = html.Div(
            progress_bar(card.job.share_done, f"{card.name}: {card.job.doing}", waiting=card.state == "queued"),
            style={"width": "128px", "margin": "0 auto"},
        )
        return theme.chance(card.job.share_done) if card.state == "running" else theme.NOTHING, bar_cell
    if card.auc is None or scale is None:
        return theme.NOTHING, ""
    return html.Span(theme.metric(card.auc), className="strong"), scale.cell(card.auc, card.auc_low, card.auc_high)


def datasets_table(cards: Sequence[DatasetCard], *, label: str, described: bool = False) -> Component:
    """`described`: with the file and the first words of the description under each name."""
    columns = [
        Column("Name"),
        Column("Outcome"),
        Column("Rows", numeric=True),
        Column("Columns", numeric=True),
        Column("Bad rate", numeric=True),
        Column("Runs", numeric=True),
        Column("Seen by"),
        Column("Added", numeric=True),
    ]
    rows = [
        [
            _dataset_name(card, described),
            html.Code(card.target) if card.target else theme.NOTHING,
            theme.count(card.n_rows),
            theme.count(card.n_columns),
            _bad_rate(card.bad_rate),
            theme.count(card.n_runs),
            seen_by(card.mine, card.owner, card.n_shares),
            theme.when(card.created_at),
        ]
        for card in cards
    ]
    return table(columns, rows, label=label)


def _dataset_name(card: DatasetCard, described: bool) -> Children:
    link = dcc.Link(card.name, href=f"/data/{card.id}")
    marks: list[Children] = []
    if card.version > 1 or card.superseded:
        words = f"version {card.version}" + (", replaced by a newer one" if card.superseded else "")
        marks.append(html.Span(words, className="sd-version"))
    if not described:
        return html.Span([link, " ", *marks]) if marks else link
    first = " ".join(card.description.split())
    first = first if len(first) <= _DESCRIPTION_SHOWN else first[:_DESCRIPTION_SHOWN].rstrip() + " …"
    about = " · ".join(part for part in ("an example" if card.source == "example" else card.source, first) if part)
    return html.Div([html.Div([link, " ", *marks]), html.Div(about, className="sd-meta sd-list-about")])


def _bad_rate(value: float | None) -> Children:
    return theme.NOTHING if value is None else html.Span([bar(value), theme.share(value)])


def seen_by(mine: bool, owner: str, n_shares: int) -> str:
    if not mine:
        return f"Shared by {owner}"
    return "Only you" if n_shares == 0 else theme.plural(n_shares + 1, "person", "people")
