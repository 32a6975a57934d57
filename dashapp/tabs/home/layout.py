"""Home's skeleton and what fills it for analysts."""

from collections.abc import Sequence
from datetime import datetime

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.usecases.datasets import DatasetCard
from dashapp.usecases.job_views import JobView
from dashapp.usecases.runs import RunCard
from dashapp.widgets.basics import Children, avatar, card, empty, link_button
from dashapp.widgets.jobs import job_progress
from dashapp.widgets.lists import datasets_table, runs_table
from dashapp.widgets.page import head, skeleton

ids = Ids("home", "key", "body", "tick", "show", "runs")
MOST_RUNS = 10
MOST_DATASETS = 6
SHOW = {"all": "All", "mine": "Mine", "shared": "Shared", "review": "To review"}


def layout() -> Component:
    return skeleton(ids.key, ids.body, {}, dcc.Interval(id=ids.tick, interval=2_000, disabled=True))


def body(
    runs: Sequence[RunCard],
    jobs: Sequence[JobView],
    datasets: Sequence[DatasetCard],
    now: datetime,
    show: str,
    reviews: Sequence[RunCard] = (),
) -> list[Component]:
    """`reviews` are the runs that wait for the reader's approval, the longest waiting first."""
    return [
        *head("Home", _facts(jobs, now, len(reviews)), _actions(bool(datasets))),
        html.Div(
            [
                html.Div(
                    [_runs(runs, show, bool(datasets), reviews), _datasets(datasets)],
                    className="sd-9 sd-stack",
                    style={"gap": "16px"},
                ),
                html.Div(
                    [_jobs(jobs), *_waiting(reviews), _next_step(runs, datasets)],
                    className="sd-3 sd-stack",
                    style={"gap": "16px"},
                ),
            ],
            className="sd-grid",
            style={"alignItems": "start"},
        ),
    ]


def shown(runs: Sequence[RunCard], show: str, reviews: Sequence[RunCard] = ()) -> list[RunCard]:
    """The recent runs that the switch lets through."""
    if show == "review":
        return list(reviews)
    wanted = {"mine": (True,), "shared": (False,)}.get(show, (True, False))
    return [run for run in runs if run.mine in wanted][:MOST_RUNS]


def _facts(jobs: Sequence[JobView], now: datetime, n_reviews: int) -> list[Children]:
    running = sum(job.state == "running" for job in jobs)
    waiting = len(jobs) - running
    facts: list[Children] = [f"{now:%A} {now.day} {now:%B}"]
    if running:
        facts.append(f"{theme.plural(running, 'job')} running")
    if waiting:
        facts.append(f"{theme.plural(waiting, 'job')} waiting")
    if n_reviews:
        facts.append(f"{theme.plural(n_reviews, 'run')} {'waits' if n_reviews == 1 else 'wait'} for your review")
    return facts


def _actions(has_data: bool) -> list[Component]:
    upload = link_button("Upload data", "/data/new", icon_name="upload", kind="primary")
    return [link_button("New run", "/runs/new", icon_name="plus-lg"), upload] if has_data else [upload]


def _runs(runs: Sequence[RunCard], show: str, has_data: bool, reviews: Sequence[RunCard]) -> Component:
    if not runs:
        action = link_button("Train a run", "/runs/new") if has_data else link_button("Upload data", "/data/new")
        return empty(
            "graph-up", "No runs yet", "A run is one trained model with its held-out figures and a link to share.", action
        )
    show = "all" if show == "review" and not reviews else show  # the last one was approved meanwhile
    chosen = shown(runs, show, reviews)
    offered = SHOW if reviews else {value: label for value, label in SHOW.items() if value != "review"}
    words = {**offered, "review": f"To review {len(reviews)}"}
    switch = dcc.RadioItems(
        id=ids.show,
        options=[{"label": words[value], "value": value} for value in offered],
        value=show,
        className="sd-segments",
        inline=True,
    )
    table = (
        runs_table(chosen, label="Recent runs")
        if chosen
        else html.P("None of these.", className="sd-meta", style={"padding": "16px"})
    )
    return card(
        "Recent runs",
        table,
        under="AUC on held-out rows with its 95% interval. A long bar means few rows, not a worse model.",
        tools=[html.Div(switch, role="group", **{"aria-label": "Which runs"}), link_button("All runs", "/runs", kind="link")],
        flush=True,
    )


def _datasets(datasets: Sequence[DatasetCard]) -> Component:
    if not datasets:
        return empty(
            "database-add",
            "No data sets yet",
            "Upload a table with one row for each applicant and a column that says how it turned out.",
            link_button("Upload data", "/data/new"),
        )
    return card(
        "Data sets",
        datasets_table(datasets[:MOST_DATASETS], label="Data sets"),
        tools=[link_button(f"All {theme.count(len(datasets))}", "/data", kind="link")],
        flush=True,
    )


def _jobs(jobs: Sequence[JobView]) -> Component:
    if not jobs:
        return card("Jobs", html.P("Nothing is running. Training shows its progress here.", className="sd-meta"))
    return card(
        "Jobs",
        html.Div([job_progress(job, {"cancel-job": job.id}) for job in jobs]),
        tools=[link_button("All jobs", "/jobs", kind="link")],
    )


def _waiting(reviews: Sequence[RunCard]) -> list[Component]:
    """Who asks for an approval, and for what."""
    rows = [
        html.Div(
            [
                avatar(run.owner, small=True),
                html.Div(
                    [
                        html.Div(
                            [html.Span(run.owner, className="sd-strong"), " asks you to approve ",
                             dcc.Link(run.name, href=f"/runs/{run.id}/approval"), "."]
                        ),
                        html.Div(_worth(run), className="sd-meta"),
                    ]
                ),
                html.Span(link_button("Review", f"/runs/{run.id}/approval"), className="sd-end"),
            ],
            className="sd-home-review",
        )
        for run in reviews
    ]  # fmt: skip
    return [card("Waiting for you", html.Div(rows))] if rows else []


def _worth(run: RunCard) -> str:
    auc = f", AUC {theme.metric(run.auc)} held out" if run.auc is not None else ""
    return f"{run.dataset_name}{auc}, cut-off {theme.cutoff(run.cutoff)}"


def _next_step(runs: Sequence[RunCard], datasets: Sequence[DatasetCard]) -> Component:
    mine_alone = [run for run in runs if run.mine and run.state == "succeeded"]
    if not datasets:
        return html.Div()
    if not mine_alone:
        return empty(
            "play-circle",
            "Train your first run",
            "Choose a data set and its outcome; the rest has defaults that hold up.",
            link_button("New run", "/runs/new"),
        )
    return empty(
        "people",
        "Let a colleague look",
        "A run is a link. Share it, and your colleague sees the same figures that you see.",
        link_button("Share the newest run", f"/runs/{mine_alone[0].id}/sharing"),
    )
