"""The table of all columns: sorted, searched and cut into pages on the server, so that 2,000 columns are as quick as 20."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.profile.words import USEFUL, value
from dashapp.usecases.datasets import DatasetView
from dashapp.widgets.basics import Children, icon
from dashapp.widgets.sparklines import sparkline
from pipeline.profiling.results import Alert, ColumnProfile, Profile
from pipeline.results import ColumnSummary
from pipeline.special_codes import codes_line

PAGE = 50
_ALERT_WORDS = {
    "leak": "leak?",
    "row_number": "row number",
    "constant": "one value",
    "all_missing": "empty",
    "duplicate": "a copy",
    "many_levels": "many levels",
    "high_missing": "gaps",
    "missing_tells": "gaps tell",
    "special_codes": "codes?",
}


@dataclass(frozen=True)
class TableState:
    """What the reader has asked of the table. `sort` is a key of `SORTS`, "" for the table's own order."""

    words: str = ""
    sort: str = ""
    down: bool = True
    page: int = 0

    @classmethod
    def parse(cls, given: Any) -> Self:
        """Whatever the browser sends, as a state."""
        stored = given if isinstance(given, Mapping) else {}
        words, sort, page = stored.get("words"), stored.get("sort"), stored.get("page")
        return cls(
            words=words if isinstance(words, str) else "",
            sort=sort if sort in SORTS else "",
            down=stored.get("down") is not False,
            page=page if isinstance(page, int) and page >= 0 else 0,
        )

    @classmethod
    def after(cls, moves: Any) -> Self:
        """The state that these moves lead to, each one of {"words": ...}, {"sort": ...} and {"page": ...}."""
        state = cls()
        for move in moves if isinstance(moves, list) else []:
            given = move if isinstance(move, Mapping) else {}
            if given.get("sort") in SORTS:
                state = state.sorted_by(given["sort"])
            elif "words" in given:
                state = cls.parse({**vars(state), "words": given["words"], "page": 0})
            elif "page" in given:
                state = cls.parse({**vars(state), "page": given["page"]})
        return state

    def sorted_by(self, key: str) -> Self:
        """A second press turns the order round."""
        down = not self.down if key == self.sort else key != "name"
        return type(self)(self.words, key, down, 0)


def _iv(column: ColumnProfile) -> float:
    return -1.0 if column.information_value is None else column.information_value


SORTS: dict[str, Callable[[ColumnProfile], Any]] = {
    "name": lambda column: column.name.casefold(),
    "missing": lambda column: column.n_missing / column.n_rows if column.n_rows else 0.0,
    "distinct": lambda column: float("inf") if column.n_distinct is None else column.n_distinct,
    "iv": _iv,
    "auc": lambda column: -1.0 if column.auc is None else column.auc,
}


def inputs(profile: Profile) -> list[ColumnProfile]:
    """All columns but the outcome."""
    return [column for column in profile.columns if column.name != profile.target]


def against_outcome(profile: Profile) -> bool:
    return any(column.information_value is not None for column in profile.columns)


def arranged(profile: Profile, state: TableState) -> list[ColumnProfile]:
    """The columns that fit the words, in the wanted order: by information value where there is an outcome."""
    words = state.words.casefold().split()
    found = [column for column in inputs(profile) if all(word in column.name.casefold() for word in words)]
    key = state.sort or ("iv" if against_outcome(profile) else "")
    return sorted(found, key=SORTS[key], reverse=state.down) if key else found


def columns_table(view: DatasetView, profile: Profile, state: TableState, selected: str | None) -> list[Component]:
    """One page of the table, and the way to the others."""
    found = arranged(profile, state)
    if not found:
        return [html.P(f"No column is called “{state.words.strip()}”.", className="sd-nothing")]
    last = (len(found) - 1) // PAGE
    page = min(state.page, last)
    rated = against_outcome(profile)
    strongest = max((_iv(column) for column in inputs(profile)), default=0.0)
    places = {column.name: i for i, column in enumerate(profile.columns, start=1)}
    kinds = {summary.name: summary for summary in view.columns}
    alerts: dict[str, Alert] = {}
    for alert in profile.alerts:
        alerts.setdefault(alert.column or "", alert)
    rows = [
        _row(column, places[column.name], kinds.get(column.name), alerts.get(column.name), rated, strongest, selected)
        for column in found[page * PAGE : (page + 1) * PAGE]
    ]
    built = html.Div(
        html.Table(
            [html.Caption("Columns", className="sd-hidden"), html.Thead(html.Tr(_heads(rated, state))), html.Tbody(rows)],
            className="sd-table sd-columns",
        ),
        className="sd-table-wrap",
        tabIndex=0,
        role="region",
        **{"aria-label": "Columns"},
    )
    return [built, *([_pages(page, last, len(found))] if last else [])]


def _heads(rated: bool, state: TableState) -> list[Component]:
    sort = state.sort or ("iv" if rated else "")
    heads = [_head("Column", "name", sort, state.down), html.Th("Distribution", scope="col"), html.Th("Range", scope="col")]
    heads.append(_head("Missing", "missing", sort, state.down, numeric=True))
    if rated:
        heads += [_head("IV", "iv", sort, state.down, numeric=True), _head("AUC", "auc", sort, state.down, numeric=True)]
    else:
        heads.append(_head("Distinct", "distinct", sort, state.down, numeric=True))
    return [*heads, html.Th("Alert", scope="col")]


def _head(title: str, key: str, sort: str, down: bool, *, numeric: bool = False) -> Component:
    arrow = [html.Span("↓" if down else "↑", **{"aria-hidden": "true"})] if key == sort else []
    aria = {"aria-sort": "descending" if down else "ascending"} if key == sort else {}
    press = html.Button([title, *arrow], id={"profile-sort": key}, className="sd-sort", type="button", n_clicks=0)
    return html.Th(press, className="num" if numeric else "", scope="col", **aria)


def _row(
    column: ColumnProfile,
    place: int,
    summary: ColumnSummary | None,
    alert: Alert | None,
    rated: bool,
    strongest: float,
    selected: str | None,
) -> Component:
    chosen = column.name == selected
    name = html.Button(
        column.name,
        id={"profile-pick": place},
        className="sd-pick",
        type="button",
        n_clicks=0,
        title=column.name,
        **{"aria-pressed": "true" if chosen else "false"},
    )
    role = summary.role if summary is not None else "feature"
    kind = column.kind if role == "feature" else f"{column.kind} · {_ROLE_WORDS.get(role, role)}"
    if summary is not None and summary.codes:
        kind += " · special codes"
    missing = theme.share(column.n_missing / column.n_rows) if column.n_missing and column.n_rows else theme.NOTHING
    cells: list[Component] = [
        html.Th([name, html.Span(kind, className="sd-pick-kind", title=_codes(summary))], scope="row"),
        html.Td(sparkline(column)),
        html.Td(span_of(column), className="sd-range", title=span_of(column)),
        html.Td(missing, className="num"),
    ]
    if rated:
        cells += [html.Td(_iv_cell(column, strongest), className="num"), html.Td(theme.metric(column.auc), className="num")]
    else:
        cells.append(html.Td(distinct(column), className="num"))
    cells.append(html.Td(_alert(column, alert)))
    names = ("chosen " if chosen else "") + ("aside" if role in {"excluded", "identifier"} else "")
    return html.Tr(cells, className=names.strip())


def _codes(summary: ColumnSummary | None) -> str:
    """-9=missing, -8=level."""
    return codes_line(summary.codes) if summary is not None else ""


_ROLE_WORDS = {"excluded": "left out", "identifier": "key", "segment": "segment", "date": "date", "weight": "weight"}


def _iv_cell(column: ColumnProfile, strongest: float) -> Children:
    if column.information_value is None:
        return theme.NOTHING
    share = column.information_value / strongest if strongest > 0 else 0.0
    weak = " weak" if column.information_value < USEFUL else ""
    line = html.Span(style={"width": f"{max(share * 46, 2):.0f}px"}, className=f"sd-iv{weak}", **{"aria-hidden": "true"})
    return html.Span([html.Span(line, className="sd-iv-rail"), html.Span(f"{column.information_value:.2f}", className="strong")])


def span_of(column: ColumnProfile) -> str:
    """20 to 144, or 7 values."""
    if not column.n_distinct and column.n_missing == column.n_rows:
        return theme.NOTHING
    if column.n_distinct == 1:
        return f"only {value(column, column.minimum)}" if column.minimum is not None else "1 value"
    if column.minimum is not None and column.kind in {"number", "date"}:
        return f"{value(column, column.minimum)} to {value(column, column.maximum)}"
    return "very many values" if column.n_distinct is None else theme.plural(column.n_distinct, "value")


def distinct(column: ColumnProfile) -> str:
    return "very many" if column.n_distinct is None else theme.count(column.n_distinct)


def _alert(column: ColumnProfile, alert: Alert | None) -> Children:
    if alert is None:
        return ""
    sign = "exclamation-triangle" if alert.tone == "caution" else "info-circle"
    words = _ALERT_WORDS.get(alert.kind, alert.kind.replace("_", " "))
    for n, bound, where in ((column.n_far_low, column.far_low, "under"), (column.n_far_high, column.far_high, "over")):
        if alert.kind == "outliers" and n:
            words = f"{theme.count(n)} {where} {value(column, bound)}"
    return html.Span([icon(sign), words], className=f"sd-flag {alert.tone}", title=f"{alert.title}: {alert.detail}")


def _pages(page: int, last: int, n_found: int) -> Component:
    steps: Sequence[tuple[str, int, bool]] = (("Previous", page - 1, page == 0), ("Next", page + 1, page == last))
    buttons = [
        html.Button(label, id={"profile-page": to}, className="sd-button", type="button", n_clicks=0, disabled=off)
        for label, to, off in steps
    ]
    told = f"{theme.count(page * PAGE + 1)} to {theme.count(min((page + 1) * PAGE, n_found))} of {theme.count(n_found)}"
    return html.Div([html.Span(told, className="sd-meta"), html.Span(buttons, className="sd-row sd-end")], className="sd-pages")
