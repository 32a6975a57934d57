"""The page of one column: large against the outcome, all its statistics, its bands, its most frequent values."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.data.dataset_page import role_of
from dashapp.tabs.profile.layout import ids
from dashapp.tabs.profile.overview import column_href
from dashapp.tabs.profile.panel import column_panel
from dashapp.tabs.profile.table import distinct
from dashapp.tabs.profile.words import short, strength, value
from dashapp.usecases.datasets import DatasetView
from dashapp.widgets.basics import Children, button, card, facts, link_button
from dashapp.widgets.tables import Column, bar, table
from pipeline.figures.bands import band_name
from pipeline.figures.template import Look
from pipeline.profiling.results import Band, ColumnProfile, Profile
from pipeline.results import ColumnSummary
from pipeline.roles import ROLES
from pipeline.special_codes import codes_line

_TOP = 12  # most frequent values listed


def column_at(profile: Profile, given: str) -> ColumnProfile | None:
    """The column of an address: its number in the order of the file, from 1."""
    place = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
    return profile.columns[place - 1] if 1 <= place <= len(profile.columns) else None


def column_body(view: DatasetView, profile: Profile, column: ColumnProfile, look: Look) -> list[Component]:
    parts: list[Component] = [_head(view, profile, column)]
    figure = column_panel(profile, column, look, height=520, span=8)
    side = html.Div([_role(view, column), _statistics(column)], className="sd-stack sd-4 sd-profile-left")
    parts.append(html.Div([figure, side], className="sd-grid"))
    lower: list[Component] = [_bands(profile, column)] if column.bands else []
    if column.top:
        lower.append(_top(column, span=4 if lower else 12))
    parts.append(html.Div(lower, className="sd-grid sd-lower"))
    return parts


def _head(view: DatasetView, profile: Profile, column: ColumnProfile) -> Component:
    place = profile.columns.index(column)
    steps: list[Component] = []
    for label, sign, at in (("Previous", "chevron-left", place - 1), ("Next", "chevron-right", place + 1)):
        if 0 <= at < len(profile.columns):
            other = profile.columns[at]
            steps.append(link_button(label, column_href(view.id, profile, other), icon_name=sign, title=other.name))
    told = f"{column.kind}, column {place + 1:,} of {len(profile.columns):,}"
    return html.Div(
        [html.Div([html.H2(column.name), html.P(told, className="sd-meta")]), html.Div(steps, className="sd-row sd-end")],
        className="sd-column-head",
    )


def _role(view: DatasetView, column: ColumnProfile) -> Component:
    summary = view.column(column.name)
    if summary is None:
        return card("Role", html.P("The data set has no such column any more.", className="sd-quiet"))
    parts: list[Component] = []
    if view.mine and column.name != view.target:
        parts.append(
            html.Div(
                [
                    html.Label("What the column is for", htmlFor=ids.role),
                    role_of(
                        view.columns.index(summary) + 1,
                        dbc.Select(id=ids.role, options=role_options(), value=summary.role, className="sd-select"),
                    ),
                ],
                className="sd-field",
            )
        )
    else:
        parts.append(html.P(ROLES.get(summary.role, summary.role), className="sd-quiet"))
    if summary.reason:
        parts.append(html.P(summary.reason, className="sd-meta"))
    parts.append(_codes(summary, view.mine))
    return card("Role and special codes", parts)


def _codes(summary: ColumnSummary, mine: bool) -> Component:
    """Values that are no values: −9 for "no record"."""
    if not mine:
        codes = [(code, "a level of its own" if meaning == "level" else "missing") for code, meaning in summary.codes]
        return facts(*codes) if codes else html.P("No special codes.", className="sd-meta")
    field = dcc.Input(
        id=ids.codes, type="text", value=codes_line(summary.codes), placeholder="-9=missing, -8=level", maxLength=2_000
    )
    return html.Div(
        [
            html.Label("Special codes", htmlFor=ids.codes),
            html.Div([field, button("Save", ids.codes_save)], className="sd-copy"),
            html.Div(
                "Each value is its own level, or counts as missing. The columns are then profiled anew.", className="sd-help"
            ),
            html.Div(id=ids.codes_problem, className="sd-problem", role="alert"),
        ],
        className="sd-field",
    )


def role_options() -> list[dict[str, str]]:
    """The roles that may be chosen by hand; the outcome has its own dialog."""
    return [{"value": role, "label": words} for role, words in ROLES.items() if role != "target"]


def _statistics(column: ColumnProfile) -> Component:
    n = column.n_rows
    pairs: list[tuple[str, Children]] = [
        ("Rows", theme.count(n)),
        ("Missing", _of(column.n_missing, n)),
        ("Distinct values", distinct(column)),
    ]
    if column.n_coded:
        pairs.append(("Special codes", _of(column.n_coded, n)))
    if column.same_as:
        pairs.append(("Holds the same as", column.same_as))
    if column.minimum is not None:
        pairs += [("Smallest", value(column, column.minimum)), ("Largest", value(column, column.maximum))]
    for label, number in (("Mean", column.mean), ("Standard deviation (n − 1)", column.sd), ("Skew", column.skew)):
        if number is not None:
            pairs.append((label, theme.number(number)))
    pairs += [(f"{theme.chance(share)} lie under", value(column, at)) for share, at in column.quantiles]
    for label, count in (("Zeros", column.n_zeros), ("Negative", column.n_negative), ("Infinite", column.n_infinite or None)):
        if count is not None:
            pairs.append((label, _of(count, n)))
    if column.outliers_low is not None:
        pairs.append((f"Outliers under {value(column, column.fence_low)}", _of(column.outliers_low, n)))
    if column.outliers_high is not None:
        pairs.append((f"Outliers over {value(column, column.fence_high)}", _of(column.outliers_high, n)))
    notes = []
    if column.quantiles:
        error = f"within {theme.share(column.quantile_error)} of their value" if column.quantile_error else "exact"
        notes.append(f"Quantiles are {error}.")
    if column.outliers_low is not None:
        notes.append("Outliers lie more than three interquartile ranges outside of the quartiles (Tukey's outer fences).")
    foot = html.P(" ".join(notes), className="sd-meta") if notes else None
    return card("Statistics", facts(*pairs), under=f"Counted on all {theme.plural(n, 'row')}.", foot=foot)


def _of(count: int, n_rows: int) -> Children:
    if not count:
        return theme.NOTHING
    return [theme.count(count), html.Span(f" ({theme.share(count / n_rows)})", className="sd-meta")]


def _bands(profile: Profile, column: ColumnProfile) -> Component:
    rated = profile.n_bad is not None
    heads = [Column("Band"), Column("Rows", numeric=True)]
    if rated:
        heads += [
            Column("Bad", numeric=True),
            Column("Bad rate", numeric=True),
            Column("95% interval", numeric=True),
            Column("WoE", numeric=True),
            Column("IV", numeric=True),
        ]
    rows = [[_name(band), theme.count(band.n), *(_rated(profile, band) if rated else [])] for band in column.bands]
    title = "How each band goes bad" if rated else "Rows per band"
    if column.information_value is not None:
        title = f"Information value {column.information_value:.2f}: {strength(column.information_value)}"
    under = (
        "WoE is the weight of evidence, ln(share of goods / share of bads): above 0 a band is better than all rows. "
        "IV is the band's part of the information value."
    )
    return card(title, table(heads, rows, label="Bands"), under=under if rated else None, flush=True, span=8)


def _name(band: Band) -> str:
    return {"(missing)": "missing", "(other)": "all other levels"}.get(band.level or "", short(band_name(band)))


def _rated(profile: Profile, band: Band) -> list[Children]:
    if band.n_bad is None or not band.n:
        return [theme.NOTHING] * 5
    return [
        theme.count(band.n_bad),
        html.Span([bar(band.bad_rate or 0.0), html.Span(theme.share(band.bad_rate), className="strong")]),
        f"{theme.share(band.bad_rate_low)} to {theme.share(band.bad_rate_high)}",
        _signed(band.weight_of_evidence, "+.2f"),
        _signed(contribution(profile, band)),
    ]


def contribution(profile: Profile, band: Band) -> float | None:
    """A band's part of the information value: (share of goods - share of bads) times its weight of evidence."""
    known = profile.n_rows - profile.n_unknown
    if band.weight_of_evidence is None or band.n_bad is None or not profile.n_bad or known <= profile.n_bad:
        return None
    share_good = (band.n - band.n_bad) / (known - profile.n_bad)
    return (share_good - band.n_bad / profile.n_bad) * band.weight_of_evidence


def _signed(part: float | None, digits: str = ".3f") -> str:
    return theme.NOTHING if part is None else f"{part:{digits}}".replace("-", theme.MINUS)


def _top(column: ColumnProfile, span: int) -> Component:
    present = column.n_rows - column.n_missing
    rows: list[list[Children]] = [
        [
            short(text),
            theme.count(count),
            html.Span([bar(count / present if present else 0.0, accent=True), theme.share(count / present)]),
        ]
        for text, count in column.top[:_TOP]
    ]
    under = f"{min(len(column.top), _TOP)} of {distinct(column)}; shares of the {theme.plural(present, 'row')} with a value."
    heads = [Column("Value"), Column("Rows", numeric=True), Column("Share", numeric=True)]
    return card("Most frequent values", table(heads, rows, label="Most frequent values"), under=under, flush=True, span=span)
