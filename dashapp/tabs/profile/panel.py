"""One column against the outcome: the figure, a few facts under it, and what it says in plain words."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.profile.layout import ids
from dashapp.tabs.profile.table import distinct
from dashapp.tabs.profile.words import finding, plain_words, spread, strength, value
from dashapp.widgets.basics import Children, button, card
from dashapp.widgets.figures import figure_card
from pipeline.figures.bands import MOST_LEVELS, on_axis
from pipeline.figures.template import Look
from pipeline.profiling.results import ColumnProfile, Profile

_RATES = [
    html.P("Above: the share of bad rows in each band, with its 95% interval. The dotted line is the bad rate of all rows."),
    html.P("Below: how many rows there are, good and bad. Bands of a number hold about equally many rows each."),
    html.P("Interval (Wilson, 95%): (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), z = 1.96."),
    html.P(
        "Information value: the sum over bands of (share of goods − share of bads) · ln(share of goods / share of bads). Below "
        "0.02 a column tells next to nothing, from 0.10 it helps, above 0.50 ask whether it is known at the decision."
    ),
    html.P("AUC alone: the chance that a bad row has the worse value of a good and a bad one, the better direction taken."),
]
_ROWS = [html.P("How many rows hold which values. Bins of a number are equally wide; what lies outside of them is told below.")]


def column_panel(
    profile: Profile, column: ColumnProfile, look: Look, *, href: str = "", height: int = 440, span: int | None = None
) -> Component:
    """`href` leads to the column's own page."""
    title, figure, under, words = _drawn(profile, column, look)
    built = figure_card(ids.figure, title, under, figure, meaning=_RATES if column.bands else _ROWS, height=height, span=span)
    parts: list[Component] = [facts_row(column_facts(column))]
    if words:
        parts.append(html.P(words, className="sd-quiet sd-plain"))
    if href:
        parts.append(html.P(dcc.Link(f"Everything about {column.name}", href=href), className="sd-onward"))
    built.children = [*built.children, *parts]
    return built


def _drawn(profile: Profile, column: ColumnProfile, look: Look) -> tuple[str, object, str, str]:
    """Title, figure, the line under the title, and the words."""
    from pipeline.figures.distribution import distribution_figure, outcome_figure  # with numpy, which starting up can do without

    outside = _outside(column)
    if not column.bands or profile.n_bad is None:
        title = finding(column).title if column.n_distinct in {0, 1} else spread(column)
        return title, distribution_figure(column, look), f"{_drawn_rows(column)}{outside}.", ""
    found = finding(column)
    figure = outcome_figure(column, profile.bad_rate, look, mark=found.mark)
    levels = [band for band in column.bands if not on_axis(band)]
    which = "level" if len(levels) == len(column.bands) else "band"
    shown = f"; the {MOST_LEVELS} most frequent of {len(levels)} levels" if which == "level" and len(levels) > MOST_LEVELS else ""
    under = f"{column.name}: bad rate per {which} with 95% interval, and rows, of {_rows(profile)}{shown}{outside}."
    return found.title, figure, under, plain_words(column, found.mark)


def _rows(profile: Profile) -> str:
    if not profile.n_unknown:
        return theme.plural(profile.n_rows, "row")
    known = profile.n_rows - profile.n_unknown
    return f"the {theme.count(known)} of {theme.count(profile.n_rows)} rows whose outcome is known"


def _drawn_rows(column: ColumnProfile) -> str:
    present = column.n_rows - column.n_missing
    if column.histogram is None and len(column.top) > MOST_LEVELS:
        return f"The {MOST_LEVELS} most frequent values, of {theme.plural(present, 'row')} with a value"
    return f"Rows by value, of {theme.plural(present, 'row')} with a value"


def _outside(column: ColumnProfile) -> str:
    if column.histogram is None:
        return ""
    n = column.histogram.n_below + column.histogram.n_above
    return f"; {theme.plural(n, 'row')} outside of the picture" if n else ""


def column_facts(column: ColumnProfile) -> list[tuple[str, str, str]]:
    """(label, value, what it means)."""
    facts: list[tuple[str, str, str]] = []
    error = f"within {theme.share(column.quantile_error)}" if column.quantile_error else "exact"
    if column.median_good is not None:
        facts.append(("Median, good", value(column, column.median_good), error))
    if column.median_bad is not None:
        facts.append(("Median, bad", value(column, column.median_bad), error))
    if column.auc is not None:
        off = f"within {column.auc_error:.2g}" if column.auc_error else "exact"
        facts.append(("AUC alone", theme.metric(column.auc), off))
    if column.information_value is not None:
        facts.append(("IV", f"{column.information_value:.2f}", strength(column.information_value)))
    if not facts and column.mean is not None:
        facts += [("Mean", value(column, column.mean), ""), ("Median", value(column, _quantile(column, 0.5)), error)]
    facts.append(("Distinct", distinct(column), "values"))
    return facts


def _quantile(column: ColumnProfile, share: float) -> float | None:
    return next((number for at, number in column.quantiles if at == share), None)


def facts_row(facts: Sequence[tuple[str, Children, str]]) -> Component:
    return html.Dl(
        [html.Div([html.Dt(label), html.Dd(shown)], title=meaning) for label, shown, meaning in facts], className="sd-facts-row"
    )


def no_outcome(profile: Profile, mine: bool) -> Component:
    """Offered in place of a figure against the outcome."""
    title = "No outcome is chosen yet"
    words = "With an outcome, every column is shown against it: bad rate per band, information value, AUC."
    if profile.target is not None:
        title = f"{profile.target} has {theme.plural(len(profile.class_counts), 'class', 'classes')}"
        words = "Say which of its labels is bad, and every column is shown against it; or choose another outcome."
        if len(profile.class_counts) < 2:
            words = "A model needs rows of both outcomes. Choose another column as the outcome."
    action = button("Choose the outcome", {"choose-outcome": "panel"}, kind="primary") if mine else None
    return card(title, [html.P(words, className="sd-quiet"), *([html.Div(action)] if action else [])])
