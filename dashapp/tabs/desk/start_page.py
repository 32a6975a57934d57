"""The desk itself: an approved run, whom to score with it, and the cases so far."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.desk.layout import ids
from dashapp.usecases.case_lists import SHOW, CaseCard
from dashapp.usecases.cases import OPEN
from dashapp.usecases.desk_runs import DeskRun
from dashapp.usecases.lookups import Place
from dashapp.widgets.applicant.words import class_words
from dashapp.widgets.basics import Children, button, card, empty, facts, icon, link_button, notice
from dashapp.widgets.page import head
from dashapp.widgets.tables import Column, table
from pipeline.shown import capital

ROW = "\u0001row"  # no column is called so


def body(
    offered: Sequence[DeskRun], others: Sequence[str], cards: Sequence[CaseCard], n_cases: int, n_open: int, analyst: bool
) -> list[Component]:
    """`others` are approved runs that decide nothing; `cards` are the newest of the cases."""
    said: list[Children] = [theme.plural(len(offered), "approved run")]
    if n_cases:
        said += [theme.plural(n_cases, "case"), f"{theme.count(n_open)} open"]
    parts: list[Component] = [*head("Applicant desk", said)]
    if others:
        parts.append(_not_offered(others))
    parts.append(_new(offered) if offered else _no_run(analyst))
    if n_cases or offered:
        parts.append(_cases(cards, n_cases))
    return parts


def about(run: DeskRun) -> list[Component]:
    """What the chosen run is."""
    when = f", {theme.when(run.approved_at)}" if run.approved_at is not None else ""
    return [
        facts(
            ("Refused from", theme.chance(run.cutoff) if _whole(run.cutoff) else theme.share(run.cutoff)),
            ("Trained on", run.dataset_name),
            ("Made by", run.owner),
            ("Approved by", f"{run.approved_by}{when}" if run.approved_by else theme.NOTHING),
            ("AUC, held out", theme.metric(run.auc)),
        )
    ]


def find_form(run_id: str, places: Sequence[Place]) -> list[Component]:
    """Looking somebody up, where there are rows that the user may see; typing somebody in always."""
    typing = link_button("Type an applicant in", f"/desk/{run_id}", icon_name="pencil-square", kind="" if places else "primary")
    if not places:
        why = "No data set with this run's columns is shared with you, so nobody can be looked up. Type the applicant in."
        return [html.P(why, className="sd-quiet"), html.Div(typing, className="sd-row")]
    first = places[0]
    fields = [
        _field(
            "Data set", ids.data, _menu(ids.data, [{"label": p.name, "value": p.dataset_id} for p in places], first.dataset_id)
        ),
        _field("Find by", ids.by, _menu(ids.by, by_options(first), by_usual(first))),
        _field(
            "Number",
            ids.text,
            dcc.Input(id=ids.text, type="text", className="sd-input", maxLength=200, autoComplete="off"),
        ),
    ]
    look_up = button("Look up", ids.look_up, icon_name="search", kind="primary")
    return [
        html.Div(fields, className="sd-desk-find"),
        html.Div(id=ids.find_problem, className="sd-problem", role="alert"),
        html.Div([look_up, html.Span("or", className="sd-quiet"), typing], className="sd-row sd-desk-or"),
    ]


def by_options(place: Place | None) -> list[dict[str, str]]:
    """What somebody is found by in a data set."""
    names = place.identifiers if place is not None else ()
    return [*({"label": name, "value": name} for name in names), {"label": "Row number", "value": ROW}]


def by_usual(place: Place | None) -> str:
    return place.identifiers[0] if place is not None and place.identifiers else ROW


def case_rows(cards: Sequence[CaseCard], *, searched: str = "", show: str = "all") -> Component:
    """The cases, newest first; what was looked for says why there are none."""
    if not cards and searched:
        return html.P("No case has a name like that.", className="sd-quiet sd-desk-none")
    if not cards and show != "all":
        none = {"open": "No case is open.", "decided": "No case is decided yet.", "mine": "You have saved no case."}
        return html.P(none[show], className="sd-quiet sd-desk-none")
    if not cards:
        text = "A case keeps what the run said of an applicant, your decision and its reason. Score somebody and save the case."
        return html.Div(empty("folder2-open", "No case was saved yet", text), className="sd-desk-none")
    columns = [
        Column("Applicant"),
        Column("Decision"),
        Column("Model suggests"),
        Column("Chance", numeric=True),
        Column("Run"),
        Column("Saved by"),
        Column("Saved", numeric=True),
    ]
    rows = [
        [
            dcc.Link(one.name, href=f"/desk/cases/{one.id}", className="sd-case-name", title=one.name),
            decision_badge(one),
            capital(class_words(one.labels).advice(one.advice)),
            theme.share(one.probability),
            one.run_name,
            "You" if one.mine else one.owner,
            theme.when(one.created_at),
        ]
        for one in cards
    ]
    return table(columns, rows, label="Cases", names="sd-desk-cases")


def decision_badge(one: CaseCard) -> Component:
    """A word and a sign: open, as the model suggests, or against it."""
    if one.decision == OPEN:
        return html.Span([icon("circle"), "Open"], className="sd-badge draft")
    said = capital(class_words(one.labels).advice(one.decision))
    if one.decision == one.advice:
        return html.Span([icon("check-lg"), said], className="sd-badge")
    return html.Span([icon("arrow-left-right"), f"{said}, overridden"], className="sd-badge proposed")


def _new(offered: Sequence[DeskRun]) -> Component:
    chooser = _field(
        "Approved run", ids.run, _menu(ids.run, [{"label": run.name, "value": run.id} for run in offered], offered[0].id)
    )
    finding = html.Div(html.P("Loading …", className="sd-busy"), id=ids.find, className="sd-stack")
    return html.Div(
        [
            card("Score an applicant", [chooser, finding], under="Somebody on file, or somebody who sits before you", span=7),
            card("The run", html.Div(id=ids.run_about), under="Approved by a second person before it came here", span=5),
        ],
        className="sd-grid",
    )


def shown_of(n_shown: int, n_all: int) -> str:
    """`50 of 312 cases`; "" where all are shown."""
    return f"{theme.count(n_shown)} of {theme.plural(n_all, 'case')}" if n_shown < n_all else ""


def take(n_cases: int, *, name: str = "", show: str = "all") -> list[Component]:
    """The file of the cases that the list is narrowed to, which assets/38-desk.js asks for; nothing where there are none."""
    if not n_cases:
        return []
    asked = {"data-desk": "take", "data-name": name, "data-show": show}
    words = f"Download {theme.plural(n_cases, 'case')} as CSV"
    return [html.Button([icon("download"), words], type="button", className="sd-button", **asked)]


def _cases(cards: Sequence[CaseCard], n_cases: int) -> Component:
    search = dcc.Input(
        id=ids.search, type="search", placeholder="Search by name", debounce=0.4, maxLength=200, className="sd-input"
    )
    label = html.Label("Search the cases", htmlFor=ids.search, className="sd-hidden")
    search_field = html.Div([label, search], className="sd-desk-search")
    options = [{"label": label, "value": value} for value, label in SHOW.items()]
    switch = dcc.RadioItems(id=ids.show, options=options, value="all", className="sd-segments", inline=True)
    which = html.Div(switch, role="group", className="sd-desk-show", **{"aria-label": "Which cases"})
    said = shown_of(len(cards), n_cases)
    more = html.Div(
        [html.Span(said, id=ids.n_shown, className="sd-quiet"), button("Show more", ids.more)],
        id=ids.more_row,
        className="sd-row sd-desk-more",
        hidden=not said,
    )
    foot = html.Div([more, html.Div(take(n_cases), id=ids.take)], className="sd-row sd-desk-under")
    rows = html.Div(case_rows(cards), id=ids.cases, role="region", **{"aria-label": "Cases", "aria-live": "polite"})
    return card("Cases", [rows, foot], tools=[which, search_field], flush=True)


def _no_run(analyst: bool) -> Component:
    text = (
        "The desk scores applicants with runs that were approved by a second person and shared with you. Ask the analyst who "
        "made the run to propose it for approval and to share it with you."
    )
    if analyst:
        text = "A run comes to the desk once it was approved by a second person: open a run and propose it on its Approval tab."
    action = link_button("Runs", "/runs", icon_name="diagram-3") if analyst else None
    return empty("person-vcard", "No approved run is shared with you yet", text, action)


def _not_offered(names: Sequence[str]) -> Component:
    many = len(names) > 1
    title = "Some approved runs are not offered here" if many else "An approved run is not offered here"
    why = "nothing is decided with three classes or more, and a score from elsewhere has no model to explain."
    return notice("info", title, f"{', '.join(names)}: {why}")


def _field(label: str, control_id: str, control: Component) -> Component:
    return html.Div([html.Label(label, htmlFor=control_id), control], className="sd-field")


def _menu(control_id: str, options: list[dict[str, str]], value: str) -> Component:
    return dcc.Dropdown(id=control_id, options=options, value=value, clearable=False)


def _whole(share: float) -> bool:
    return abs(100 * share - round(100 * share)) < 1e-9
