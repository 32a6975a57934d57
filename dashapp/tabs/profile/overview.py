"""The profile's first page: the strip, all columns, one of them drawn, and what should be looked at."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.profile.layout import ids
from dashapp.tabs.profile.panel import column_panel, no_outcome
from dashapp.tabs.profile.table import TableState, against_outcome, arranged, columns_table, inputs
from dashapp.tabs.profile.words import columns_title
from dashapp.usecases.datasets import DatasetView
from dashapp.usecases.remedies import MOST_FAR
from dashapp.widgets.basics import Children, card, icon, strip
from pipeline.figures.template import Look
from pipeline.profiling.results import Alert, ColumnProfile, Profile
from pipeline.results import ColumnSummary

_KINDS = (("number", "number", ""), ("category", "category", "categories"), ("date", "date", ""), ("text", "text", ""))
# What an alert's remedy makes of the column, and the words for doing and undoing it.
REMEDIES = {
    "exclude": ("excluded", "Leave out", "Take it back in"),
    "identifier": ("identifier", "Make it a key", "No key after all"),
}
MOST_ALERTS = 30
ALIKE = 3  # alerts of one kind that stand open
_ALIKE_WORDS = {
    "outliers": "hold values far out",
    "missing_tells": "say something by being missing",
    "high_missing": "are missing in most rows",
    "special_codes": "may use a special code",
    "leak": "give the outcome away",
    "duplicate": "are copies of another",
    "key": "are keys",
    "row_number": "count the rows",
    "constant": "never change",
    "all_missing": "are empty",
    "text": "are free text",
    "date": "are dates",
    "many_levels": "have very many levels",
}


def overview(view: DatasetView, profile: Profile, state: TableState, wanted: str | None, look: Look) -> list[Component]:
    chosen = chosen_column(profile, state, wanted)
    left: list[Component] = [_columns_card(view, profile, state, chosen)]
    if profile.alerts:
        left.append(alerts_card(view, profile))
    right = html.Div(panel(view, profile, chosen, look), id=ids.panel, className="sd-stack sd-panel")
    return [
        profile_strip(profile),
        html.Div([html.Div(left, className="sd-stack sd-profile-left"), right], className="sd-grid sd-profile"),
    ]


def chosen_column(profile: Profile, state: TableState, wanted: str | None) -> ColumnProfile | None:
    """The column that the address names, or the first of the table."""
    named = profile.column(wanted) if wanted else None
    if named is not None and named.name != profile.target:
        return named
    return next(iter(arranged(profile, TableState(sort=state.sort, down=state.down))), None)


def panel(view: DatasetView, profile: Profile, column: ColumnProfile | None, look: Look) -> list[Component]:
    parts: list[Component] = [] if profile.n_bad is not None else [no_outcome(profile, view.mine)]
    if column is not None:
        parts.append(column_panel(profile, column, look, href=column_href(view.id, profile, column)))
    return parts


def column_href(dataset_id: str, profile: Profile, column: ColumnProfile) -> str:
    """The column's own page: columns are numbered from 1 in the order of the file."""
    return f"/data/{dataset_id}/columns/{profile.columns.index(column) + 1}"


def profile_strip(profile: Profile) -> Component:
    columns = inputs(profile)
    kinds = [column.kind for column in columns]
    words = ", ".join(theme.plural(kinds.count(kind), noun, many) for kind, noun, many in _KINDS if kind in kinds)
    how_many: Children = theme.count(len(columns))
    if profile.target is not None:
        how_many = [theme.count(len(columns)), html.Small(" and the outcome")]
    gaps = sum(column.n_missing > 0 for column in profile.columns)
    cells = profile.n_rows * len(profile.columns)
    missing = f"in {theme.plural(gaps, 'column')}: {theme.plural(profile.n_missing, 'cell')}" if profile.n_missing else "no gaps"
    look, told = (sum(alert.tone == tone for alert in profile.alerts) for tone in ("caution", "info"))
    return strip(
        ("Rows", theme.count(profile.n_rows), _copies(profile)),
        ("Columns", how_many, words),
        _outcome(profile),
        ("Missing", theme.share(profile.n_missing / cells if cells else None), missing),
        (
            "Alerts",
            theme.count(len(profile.alerts)),
            f"{look} to look at, {told} for information" if profile.alerts else "nothing stands out",
        ),
    )


def _copies(profile: Profile) -> str:
    if profile.n_duplicate_rows is None:
        return "too many to look for copies"
    if not profile.n_duplicate_rows:
        return "none is an exact copy"
    verb = "is an exact copy" if profile.n_duplicate_rows == 1 else "are exact copies"
    return f"{theme.count(profile.n_duplicate_rows)} {verb} of another"


def _outcome(profile: Profile) -> tuple[str, Children, Children]:
    if profile.n_bad is not None:
        known = profile.n_rows - profile.n_unknown
        unknown = f"; {theme.count(profile.n_unknown)} unknown" if profile.n_unknown else ""
        interval = f"{theme.share(profile.bad_rate_low)} to {theme.share(profile.bad_rate_high)}"
        note = f"{theme.count(profile.n_bad)} bad ({interval}){unknown}"
        title = f"{profile.n_bad:,} bad and {known - profile.n_bad:,} good; the 95% interval of the bad rate"
        return "Bad rate", theme.share(profile.bad_rate), html.Span(note, title=title)
    if profile.target is not None:
        known = profile.n_rows - profile.n_unknown
        shares = ", ".join(f"{label} {theme.chance(rows / known)}" for label, rows in profile.class_counts[:3]) if known else ""
        return "Classes", theme.count(len(profile.class_counts)), shares
    return "Bad rate", theme.NOTHING, "no outcome is chosen"


def _columns_card(view: DatasetView, profile: Profile, state: TableState, chosen: ColumnProfile | None) -> Component:
    usable = [column.name for column in view.columns if column.role in {"feature", "segment"} and column.name != profile.target]
    under = "All columns in the order of the file."
    if against_outcome(profile):
        under = "Columns by information value (IV). Below 0.10 a column separates little on its own."
    search = html.Div(
        [icon("search"), dcc.Input(id=ids.search, type="search", value=state.words, placeholder="Find a column", maxLength=200)],
        className="sd-find",
        role="search",
        **{"aria-label": "Columns"},
    )
    table = html.Div(columns_table(view, profile, state, chosen.name if chosen else None), id=ids.table)
    return card(columns_title(profile, usable), table, under=under, tools=[search], flush=True)


def alerts_card(view: DatasetView, profile: Profile) -> Component:
    """What should be looked at, the serious first, each with its remedy."""
    placed = sorted(enumerate(profile.alerts), key=lambda entry: entry[1].tone != "caution")
    by_kind: dict[str, list[Component]] = {}
    for place, alert in placed[:MOST_ALERTS]:
        by_kind.setdefault(alert.kind, []).append(_alert_row(view, profile, place, alert))
    rows = [part for kind, of_kind in by_kind.items() for part in _few(kind, of_kind)]
    hidden = len(placed) - sum(map(len, by_kind.values()))
    foot = html.P(f"and {theme.plural(hidden, 'more', 'more')}, which the table marks", className="sd-meta") if hidden else None
    return card("Alerts", [html.Ul(rows, className="sd-alerts"), *([foot] if foot is not None else [])])


def _few(kind: str, rows: list[Component]) -> list[Component]:
    """Alerts of one kind; where they are many, all but the first behind one line."""
    if len(rows) <= ALIKE:
        return rows
    rest = rows[ALIKE - 1 :]
    words = _ALIKE_WORDS.get(kind, "of this kind")
    more = html.Details([html.Summary(f"{len(rest)} more columns {words}"), html.Ul(rest, className="sd-alerts")])
    return [*rows[: ALIKE - 1], html.Li(more, className="sd-alert more")]


def _alert_row(view: DatasetView, profile: Profile, place: int, alert: Alert) -> Component:
    sign = "exclamation-triangle" if alert.tone == "caution" else "info-circle"
    words = html.Div([html.Strong(alert.title.rstrip(".") + ". "), alert.detail])
    return html.Li([icon(sign), words, *_remedy(view, profile, place, alert)], className=f"sd-alert {alert.tone}")


def _remedy(view: DatasetView, profile: Profile, place: int, alert: Alert) -> Sequence[Component]:
    column = profile.column(alert.column) if alert.column else None
    summary = view.column(alert.column) if alert.column else None
    word = remedy_word(alert, column, summary) if view.mine else None
    if word is not None:
        press = html.Button(
            word, id={"profile-remedy": place}, className="sd-button link", type="button", n_clicks=0, title=alert.column
        )
        return [press]
    if column is not None and column.name != profile.target:
        return [dcc.Link("Look", href=column_href(view.id, profile, column), className="sd-button link")]
    return []


def remedy_word(alert: Alert, column: ColumnProfile | None, summary: ColumnSummary | None) -> str | None:
    """What the control of an alert would do now; None where only a look helps."""
    if summary is None or column is None:
        return None
    if alert.remedy in REMEDIES:
        role, do, undo = REMEDIES[alert.remedy]
        return undo if summary.role == role else do
    if alert.kind == "outliers":
        n_far = (column.n_far_low or 0) + (column.n_far_high or 0)
        return "Set as missing" if 0 < n_far <= MOST_FAR else None
    if alert.remedy == "missing" and column.suspected_codes:
        return "Count as values" if suspected(column) & dict(summary.codes).keys() else "Set as missing"
    return None


def suspected(column: ColumnProfile) -> set[str]:
    """Values that look like codes for missing."""
    return {code for code, _ in column.suspected_codes}
