"""Recalibrate: a new run from this one's scores, or what stands in its way; and what it changed on a run that it made."""

from collections.abc import Callable

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.calibration.layout import ids
from dashapp.usecases import recalibrating
from dashapp.usecases.runs import RunCard, RunView
from dashapp.widgets.basics import Children, button, card, link_button
from dashapp.widgets.parts import before_rows
from dashapp.widgets.tables import Column, table
from pipeline.cutoffs.decisions import confusion_at, judged_on, score_tables
from pipeline.evaluation_results import Calibration, Metrics
from pipeline.results import Recalibration, RunResult

_METHODS = (
    ("logistic", "Intercept and slope", "Two numbers move all log-odds. It keeps the order of the rows, and needs few of them."),
    ("isotonic", "Isotonic", "Steps that only rise follow any bend. Rows of one step are tied; it needs 50 goods and 50 bads."),
)


def recalibrate_card(view: RunView, result: RunResult, made: list[RunCard]) -> Component:
    """The form, or the obstacle. `made` are the runs that were made of this one already."""
    found = recalibrating.obstacle(view)
    body: list[Component] = [_obstacle(view, found)] if found is not None else [_form(view)]
    if made:
        links = [html.Li(dcc.Link(one.name, href=f"/runs/{one.id}/calibration")) for one in made]
        body.append(html.Div([html.P("Made of this run:", className="sd-meta"), html.Ul(links, className="sd-list")]))
    n_bad = result.validation.n_bad if result.validation is not None else None
    under = "A new run gives the same ranking of applicants other chances; this one stays as it is."
    if n_bad is not None:
        n_rows = theme.count(result.data.n_validation)
        under += f" It learns from the {n_rows} validation rows alone, {theme.count(n_bad)} of them bad."
    return card("Recalibrate", body, under=under, span=12 if found is None else 6)


def _form(view: RunView) -> Component:
    options = [
        {"label": html.Span([html.Strong(label), html.Span(about, className="sd-help")]), "value": value}
        for value, label, about in _METHODS
    ]
    name = html.Div(
        [
            html.Label("Name of the new run", htmlFor=ids.name),
            dcc.Input(id=ids.name, type="text", value=recalibrating.usual_name(view), maxLength=200, className="sd-input"),
        ],
        className="sd-field",
    )
    problem = html.Div(id=ids.recalibrate_problem, role="alert")
    start = html.Div(button("Recalibrate", ids.recalibrate, icon_name="bullseye", kind="primary"))
    return html.Div(
        [
            html.Div(
                dcc.RadioItems(id=ids.method, options=options, value="logistic", className="sd-calibration-methods"),
                role="group",
                **{"aria-label": "How"},
            ),
            html.Div([name, problem, start], className="sd-stack"),
        ],
        className="sd-calibration-form",
    )


def _obstacle(view: RunView, found: recalibrating.Obstacle) -> Component:
    link = None
    if found.kind == "validation" and view.sees_dataset:
        link = link_button("Train with validation rows", _again(view), icon_name="arrow-repeat")
    elif found.kind == "base" and view.origin.run_id is not None:
        link = link_button(f"Open {view.origin.run_name}", f"/runs/{view.origin.run_id}/calibration")
    words = html.P([html.Strong(found.message), " ", found.fix])
    return html.Div([words, *([html.Div(link)] if link is not None else [])], className="sd-stack")


def _again(view: RunView) -> str:
    """Where the same is made with validation rows."""
    if view.origin.column:
        return f"/runs/score/{view.dataset_id}"
    return f"/runs/new/{view.dataset_id}?like={view.id}&validation_share=0.2"


def changed_card(view: RunView, result: RunResult, base: RunView | None) -> list[Component]:
    """Before and after on the rows that judge a recalibrated run."""
    found, part = result.recalibration, judged_on(result)
    if found is None or part is None:
        return []
    link: Children = view.origin.run_name
    if base is not None:
        link = dcc.Link(base.name, href=f"/runs/{base.id}/calibration")
    how = html.P(["Made of ", link, f": {_how(found)} Learnt from {theme.count(found.n_rows)} validation rows, "
                  f"{theme.count(found.n_bad)} of them bad."], className="sd-quiet")  # fmt: skip
    if base is None or base.result is None:
        text = "That run was deleted, or is not shared with you, so that its figures cannot stand beside."
        return [card("How this run was recalibrated", [how, html.P(text, className="sd-quiet")], span=6)]
    rows = before_rows(part, view.spec)
    title = _finding(base.result.calibration_of(part), result.calibration_of(part))
    return [
        card(
            title,
            [table([Column("Figure"), Column("Before", numeric=True), Column("Recalibrated", numeric=True)],
                   _rows((base, base.result), (view, result), part), label="Before and after the recalibration", wrap=True), how],
            under=f"{theme.count(_metrics(result, part).n_rows)} {rows} rows, the same before and after",
            span=6,
        )
    ]  # fmt: skip


def _how(found: Recalibration) -> str:
    if found.intercept is None or found.slope is None:
        levels = len(set(found.becomes))
        return f"isotonic, {theme.plural(levels, 'level')} that only rise."
    what = "its log-odds" if found.method == "logistic" else "the place of its score, 0 for the best and 1 for the worst"
    return f"log-odds = {theme.signed(found.intercept, '{:.2f}')} + {found.slope:.2f} · {what}."


def _finding(before: Calibration | None, after: Calibration | None) -> str:
    if before is None or after is None or before.slope is None or after.slope is None:
        return "Before and after the recalibration"
    old, new = (theme.signed(value) for value in (before.slope, after.slope))
    return f"The calibration slope went from {old} to {new}; 1 is right"


def _rows(base: tuple[RunView, RunResult], recalibrated: tuple[RunView, RunResult], part: str) -> list[list[Children]]:
    before, after = base[1], recalibrated[1]
    old, new = before.calibration_of(part), after.calibration_of(part)
    rows: list[list[Children]] = []
    if new is not None:
        pairs: tuple[tuple[str, Callable[[Calibration], str]], ...] = (
            ("Bads expected", lambda one: theme.count(one.expected_bad)),
            ("Bads that came", lambda one: theme.count(one.n_bad)),
            ("Calibration slope", lambda one: theme.signed(one.slope, "{:.2f}")),
            ("Calibration intercept", lambda one: theme.signed(one.intercept, "{:+.2f}")),
        )
        rows += [[name, tell(old) if old is not None else theme.NOTHING, tell(new)] for name, tell in pairs]
    first, second = _metrics(before, part), _metrics(after, part)
    rows += [
        [name, theme.metric(getattr(first, field)), theme.metric(getattr(second, field))]
        for name, field in (("Brier score", "brier_score"), ("Log-loss", "log_loss"), ("AUC", "auc"))
    ]
    rows.append([_of_cutoff(recalibrated[1]), *(_cutoff(view, result) for view, result in (base, recalibrated))])
    rows.append(["Refused", *(theme.count(_refused(view, result, part)) for view, result in (base, recalibrated))])
    return rows


def _of_cutoff(result: RunResult) -> Component:
    steps = result.recalibration is not None and result.recalibration.method == "isotonic"
    note = "set to refuse " + ("as the other does, a step alike" if steps else "the same rows")
    return html.Span(["Cut-off", html.Span(note, className="note")])


def _cutoff(view: RunView, result: RunResult) -> str:
    if result.own_scale is not None:
        return theme.number(result.own_scale.score(view.cutoff))
    return theme.cutoff(view.cutoff)


def _refused(view: RunView, result: RunResult, part: str) -> int:
    counts = confusion_at(score_tables(result)[part], view.cutoff)
    return counts.tp + counts.fp


def _metrics(result: RunResult, part: str) -> Metrics:
    found = result.metrics_of(part)
    if found is None:
        raise ValueError(f"The run has no figures of its {part} rows.")
    return found
