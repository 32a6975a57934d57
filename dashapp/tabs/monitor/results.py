"""What a scoring found: how the score has moved, what would be decided, how right the run still is."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.monitor.layout import ids
from dashapp.usecases.runs import RunView
from dashapp.usecases.studies import StudyView
from dashapp.widgets.basics import Children, card, link_button, notice, state_badge, strip
from dashapp.widgets.counting import again_button, stopped
from dashapp.widgets.figures import figure_card
from dashapp.widgets.jobs import job_progress
from dashapp.widgets.stability import STABLE, verdict
from dashapp.widgets.tables import Column, table
from pipeline.cutoffs.decisions import confusion_at
from pipeline.evaluation_results import Confusion, Metrics
from pipeline.figures.curves import score_text
from pipeline.figures.score_shift import score_shift_figure
from pipeline.figures.template import Look
from pipeline.pairing_results import Monitoring, ShiftBand
from pipeline.results import RunResult, ScoreScale

_MEANING = [
    html.P(
        "The population stability index is the sum over the bands of (newer share − reference share) · ln(newer share / "
        "reference share); a band that is empty on one side counts as half a row."
    ),
    html.P("By custom, below 0.10 is stable, up to 0.25 a shift, above it a large one. It says that applicants differ, not why."),
]


def page(
    view: RunView, result: RunResult, start: Component, made: Sequence[StudyView], shown: StudyView | None, look: Look
) -> list[Component]:
    """What was scored, the one that is shown, and the cards to begin with: `start`, and the run against its own held-out rows."""
    parts = _made_card(view, result, made, shown.card.id if shown else None)
    if shown is not None:
        parts += _shown(view, result, shown, look)
    return [*parts, html.Div([start, _held_out_card(result, look)], className="sd-grid")]


def _held_out_card(result: RunResult, look: Look) -> Component:
    """The score on training rows against held-out rows: the same people, so a shift here is a fault of the split or the fit."""
    from pipeline.scores.score_shift import table_shift

    reference, part = result.scores_train, "training"
    if reference is None:
        reference, part = result.scores_validation, "validation"
    if reference is None or result.scores_test is None:
        return card("Nothing was held out", html.P("There is no second part of the rows to hold the score against."), span=7)
    psi, bands = table_shift(reference, result.scores_test)
    title = f"From {part} to held-out rows the score is {verdict(psi)}: index {theme.metric(psi)}"
    n_reference, n_newer = (table_.bad_at_or_above[0] + table_.good_at_or_above[0] for table_ in (reference, result.scores_test))
    rows = f"{theme.count(n_reference)} {part} rows (grey) and {theme.count(n_newer)} held-out rows"
    under = f"Shares of {rows} in tenths of the {part} rows."
    return _drift(ids.held, title, under, bands, (part.capitalize(), "Held out"), result, look, span=7)


def _drift(
    where: str, title: str, under: str, bands: tuple[ShiftBand, ...], names: tuple[str, str], result: RunResult, look: Look,
    *, span: int,
) -> Component:  # fmt: skip
    figure = score_shift_figure(bands, names, result.own_scale, look)
    return figure_card(where, title, under, figure, meaning=_MEANING, span=span, height=300)


def _made_card(view: RunView, result: RunResult, made: Sequence[StudyView], shown: str | None) -> list[Component]:
    """The data sets that the user scored with this run; one that is at work has its bar."""
    if not made:
        return []
    rows: list[list[Children]] = []
    for one in made:
        found = one.result if isinstance(one.result, Monitoring) else None
        name = one.card.dataset_name
        linked = dcc.Link(name, href=f"/runs/{view.id}/monitor?study={one.card.id}") if found else name
        took = _download(view, one) if found is not None and one.card.sees_dataset else ""
        rows.append(
            [
                html.Strong(linked) if one.card.id == shown else linked,
                theme.count(found.n_rows) if found else _state(one),
                f"{theme.metric(found.psi)}, {verdict(found.psi)}" if found else theme.NOTHING,
                theme.share(found.approval_newer) if found else theme.NOTHING,
                theme.metric(found.metrics.auc) if found and found.metrics else theme.NOTHING,
                _cutoff(one.options["cutoff"], result),
                theme.when(one.card.created_at),
                took,
            ]
        )
    heads = [
        Column("Data set"),
        *(Column(title, numeric=True) for title in ("Rows", "Stability index", "Approved", "AUC", "Cut-off", "Scored")),
        Column(html.Span("Download", className="sd-hidden")),
    ]
    working = progress(made)
    under = "Only you see these: others who see the run may not see the data."
    title = f"{theme.plural(len(made), 'scoring')} with this run"
    return [card(title, [html.Div(working, id=ids.work), table(heads, rows, label="Scorings")], under=under, flush=not working)]


def progress(made: Sequence[StudyView]) -> list[Component]:
    """The bars of what is at work."""
    jobs = [one.card.job for one in made if one.card.job is not None and one.card.job.active]
    return [html.Div(job_progress(job, {"cancel-job": job.id})) for job in jobs]


def _state(one: StudyView) -> Children:
    return state_badge(one.card.job.state) if one.card.job is not None else theme.NOTHING


def _download(view: RunView, one: StudyView) -> Component:
    href = f"/api/runs/{view.id}/scores/{one.card.dataset_id}.csv"
    return html.A("Scored rows (CSV)", href=href, download="", **{"aria-label": f"Scored rows of {one.card.dataset_name} (CSV)"})


def _shown(view: RunView, result: RunResult, one: StudyView, look: Look) -> list[Component]:
    """One scoring: a strip of figures, where the score has moved, metrics where the outcome is known, what was unseen."""
    found = one.result
    if not isinstance(found, Monitoring):
        return _ended(one)
    parts: list[Component] = [_strip(found, result)]
    if found.notes:
        parts.append(notice("caution", "Not every row could be taken as it is", html.Ul([html.Li(note) for note in found.notes])))
    reference = f"{'training' if result.data.n_train else 'validation'} rows"
    title = f"In {found.dataset_name} the score is {verdict(found.psi)}: index {theme.metric(found.psi)}"
    under = f"Shares of the run's {reference} and of {theme.count(found.n_scored)} of {theme.count(found.n_rows)} newer rows."
    drift = _drift(
        ids.drift, title, under, found.bands, (f"{reference} rows".capitalize(), found.dataset_name), result, look, span=7
    )
    beside = [_metrics_card(found, result), *_unseen_card(found)]
    grid = html.Div([drift, html.Div(beside, className="sd-5 sd-stack")], className="sd-grid")
    return [*parts, *_moved_columns(view, found, one), grid]


def _strip(found: Monitoring, result: RunResult) -> Component:
    moved = (found.approval_newer - found.approval_reference) * 100
    points = f"{moved:+.1f} points".replace("-", theme.MINUS)
    scale, at = result.own_scale, _cutoff(found.cutoff, result)
    items: list[tuple[str, Children, Children]] = [
        ("Stability index", theme.metric(found.psi), verdict(found.psi)),
        (f"Approved at {at}", theme.share(found.approval_newer), f"{points} against the run's own rows"),
        (
            "Mean probability of bad" if scale is None else f"Mean {scale.column}",
            _mean(found.mean_newer, scale),
            f"{_mean(found.mean_reference, scale)} before",
        ),
        ("Rows scored", theme.count(found.n_scored), f"of {theme.count(found.n_rows)}"),
    ]
    return strip(*items)


def _cutoff(place: float, result: RunResult) -> str:
    scale = result.own_scale
    return theme.cutoff(place) if scale is None else score_text(place, scale)


def _mean(place: float, scale: ScoreScale | None) -> str:
    """The mean score: a place is linear in the score, so the score at the mean place is the mean of the scores."""
    return theme.share(place) if scale is None else score_text(place, scale)


def _metrics_card(found: Monitoring, result: RunResult) -> Component:
    if found.metrics is None or found.scores is None:
        words = "The outcome of these rows is not known yet, so nothing can be said of how right the scores are."
        return card("The outcome is not known yet", html.P(words, className="sd-quiet"))
    now, then = found.metrics, result.test
    lower = now.auc is not None and then is not None and then.auc_low is not None and now.auc < then.auc_low
    title = f"AUC {theme.metric(now.auc)} on the newer rows" + (", below the interval of the held-out rows" if lower else "")
    heads = [Column("Metric"), Column("Held out", numeric=True), Column("Newer", numeric=True)]
    rows: list[list[Children]] = [
        [label, _value(then, name), _value(now, name)] for name, label in _RANKED if getattr(now, name) is not None
    ]
    before = confusion_at(result.scores_test, found.cutoff) if result.scores_test is not None else None
    after = confusion_at(found.scores, found.cutoff)
    rows.append(["Bads that are refused", _share(before, "tp", "fn"), _share(after, "tp", "fn")])
    rows.append(["Bads among approved", _share(before, "fn", "tn"), _share(after, "fn", "tn")])
    if found.expected_bad is not None:
        rows.append(["Bads expected", "", theme.count(found.expected_bad)])
        rows.append(["Bads that came", "", theme.count(now.n_bad)])
    under = f"{theme.count(now.n_rows)} newer rows with an outcome, decisions at {_cutoff(found.cutoff, result)}."
    return card(title, table(heads, rows, label="Metrics"), under=under, flush=True)


_RANKED = (("auc", "ROC AUC"), ("ks_statistic", "KS"), ("brier_score", "Brier score"), ("log_loss", "Log-loss"))


def _value(metrics: Metrics | None, name: str) -> Children:
    if metrics is None:
        return theme.NOTHING
    if name == "auc" and metrics.auc_low is not None:
        return [theme.metric(metrics.auc), html.Span(theme.interval(metrics.auc_low, metrics.auc_high), className="note")]
    return theme.metric(getattr(metrics, name))


def _share(counts: Confusion | None, part: str, rest: str) -> str:
    if counts is None:
        return theme.NOTHING
    n = getattr(counts, part) + getattr(counts, rest)
    return theme.share(getattr(counts, part) / n if n else None)


def _unseen_card(found: Monitoring) -> list[Component]:
    if not found.unseen:
        return []
    rows: list[list[Children]] = [[name, theme.count(n), theme.share(n / max(found.n_rows, 1))] for name, n in found.unseen[:10]]
    heads = [Column("Column"), Column("Rows", numeric=True), Column("Share", numeric=True)]
    title = f"{theme.plural(len(found.unseen), 'column')} with values that training never saw"
    under = "They count as the run's rare levels or its reference level."
    return [card(title, table(heads, rows, label="Unseen values"), under=under, flush=True)]


def _ended(one: StudyView) -> list[Component]:
    job = one.card.job
    if job is None or job.active:
        return []
    again = again_button(one.card.id, "Score it again") if one.card.mine else None
    return [stopped(job, "The scoring failed", ("The scoring was cancelled", "Nothing of it was kept."), again)]


def _moved_columns(view: RunView, found: Monitoring, one: StudyView) -> list[Component]:
    """Where the score has moved, which columns have: the comparison of the two data sets tells."""
    if found.psi is None or found.psi < STABLE or not (view.sees_dataset and one.card.sees_dataset):
        return []
    href = f"/data/{view.dataset_id}/compare"
    way = link_button("Compare the columns", href, kind="link")
    return [notice("info", "Which columns have moved?", "The two data sets can be compared column by column.", way)]
