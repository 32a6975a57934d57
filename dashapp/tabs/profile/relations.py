"""Between columns: what moves together, and what is missing together."""

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.profile.layout import ids
from dashapp.tabs.profile.words import CLOSE, NEARLY_THE_SAME, pair_words
from dashapp.widgets.basics import Children, card, empty, facts
from dashapp.widgets.figures import figure_card
from pipeline.figures.template import Look
from pipeline.profiling.results import Association, Profile

_PEARSON = [
    html.P("Pearson's r: how well a straight line describes two numbers together, from −1 over 0 (no line) to +1."),
    html.P("r = Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² · Σ(y − ȳ)²), over the rows in which both are known."),
    html.P("Above 0.8 either way, a model can hardly tell the two apart: their coefficients become unsteady."),
]
_CRAMER = [
    html.P("Cramér's V: how much the level of one column tells about the level of another, from 0 to 1."),
    html.P("V = √(χ²/n / min(r − 1, k − 1)) for a table of r by k levels, corrected for its bias (Bergsma 2013)."),
]
_MOST_GAPS = 10
_GAPS = [
    html.P("Each row is one pattern: the columns that are missing in exactly these rows, and how many rows there are."),
    html.P("Columns that are missing together often come from one source, or mean one thing: no such account, not asked."),
]


def relations(profile: Profile, look: Look) -> list[Component]:
    parts: list[Component] = []
    for association, figure_id, meaning in (
        (profile.correlations, ids.pearson, _PEARSON),
        (profile.cramers_v, ids.cramers, _CRAMER),
    ):
        if association is not None and len(association.names) > 1:
            parts += [html.Div([_heatmap(association, figure_id, meaning, look), _pairs(association)], className="sd-grid")]
    gaps = [_missingness(profile, look), *([_gaps(profile)] if profile.n_missing else [])]
    parts.append(html.Div(gaps, className="sd-grid"))
    if len(parts) == 1:
        words = "It takes two columns of numbers, or two of categories, to compare how they move."
        parts.insert(0, empty("grid-3x3", "No two columns to compare", words))
    return parts


def _heatmap(association: Association, figure_id: str, meaning: Children, look: Look) -> Component:
    numbers = association.measure == "pearson"
    from pipeline.figures.correlation import association_figure, strongest_pairs

    best = strongest_pairs(association, 1)
    name, kind = ("Correlation (Pearson)", "numbers") if numbers else ("Cramér's V", "categories")
    title = "No pair of columns can be compared"
    if best:
        close = abs(best[0][2]) >= CLOSE
        title = pair_words(association, best[0]) if close else f"No two {kind} {'move' if numbers else 'go'} closely together"
    under = f"{name} of {len(association.names):,} {kind}, like next to like; {_rows(association)}."
    height = max(300, min(760, 130 + 26 * len(association.names)))
    figure = association_figure(association, look)
    return figure_card(figure_id, title, under, figure, meaning=meaning, height=height, span=8)


def _rows(association: Association) -> str:
    if association.n_used < association.n_rows:
        return f"{theme.count(association.n_used)} of {theme.count(association.n_rows)} rows"
    return f"all {theme.plural(association.n_rows, 'row')}"


def _pairs(association: Association) -> Component:
    from pipeline.figures.correlation import strongest_pairs

    pairs = strongest_pairs(association)
    pairs = [pair for pair in pairs if abs(pair[2]) >= 0.1] or pairs[:3]
    entries = [html.Li(pair_words(association, pair)) for pair in pairs]
    body: list[Component] = [html.Ol(entries, className="sd-list sd-pairs") if entries else html.P(theme.NOTHING)]
    if any(abs(pair[2]) >= NEARLY_THE_SAME for pair in pairs):
        body.append(html.P("Of a pair above 0.80 a model needs only one; leave the other out.", className="sd-quiet"))
    if association.left_out:
        names = "; ".join(f"{name}: {why}" for name, why in association.left_out[:12])
        more = len(association.left_out) - 12
        body.append(html.P(f"Not in the picture: {names}{f' and {more} more' if more > 0 else ''}.", className="sd-meta"))
    return card("The strongest pairs", body, span=4)


def _missingness(profile: Profile, look: Look) -> Component:
    if not profile.n_missing:
        return card(
            "No value is missing",
            html.P(f"All {theme.plural(profile.n_rows, 'row')} are complete.", className="sd-quiet"),
            span=12,
        )
    names = [column.name for column in profile.columns]
    patterns = profile.missing_patterns
    most = max(profile.columns, key=lambda column: column.n_missing)
    share = theme.share(most.n_missing / most.n_rows)
    complete = next((pattern.n_rows for pattern in patterns if not pattern.columns), 0)
    title = f"{theme.chance(complete / profile.n_rows)} of rows have every value; {most.name} has most gaps ({share})"
    shown = f"{len(patterns)} of {'very many' if profile.n_missing_patterns is None else theme.count(profile.n_missing_patterns)}"
    under = f"Patterns of gaps, {shown}, the most frequent on top; all {theme.plural(profile.n_rows, 'row')}."
    from pipeline.figures.missingness import missingness_figure

    figure = missingness_figure(patterns, names, profile.n_rows, look)
    height = 150 + 26 * len(patterns)
    return figure_card(ids.gaps, title, under, figure, meaning=_GAPS, height=height, span=8)


def _gaps(profile: Profile) -> Component:
    """The columns with most gaps, and what is missing together."""
    gappy = sorted((column for column in profile.columns if column.n_missing), key=lambda column: -column.n_missing)
    named = [
        (column.name, f"{theme.count(column.n_missing)} ({theme.share(column.n_missing / column.n_rows)})") for column in gappy
    ]
    parts: list[Component] = [facts(*named[:_MOST_GAPS])]
    if len(named) > _MOST_GAPS:
        parts.append(html.P(f"and {theme.plural(len(named) - _MOST_GAPS, 'more column')} with gaps.", className="sd-meta"))
    together = next((pattern for pattern in profile.missing_patterns if len(pattern.columns) > 1), None)
    words = "No two columns are missing together often enough to stand here."
    if together is not None:
        names = ", ".join(together.columns[:-1][:4]) + f" and {together.columns[-1]}"
        words = f"{names} are missing together in {theme.plural(together.n_rows, 'row')}."
    parts.append(html.P(words, className="sd-quiet"))
    return card("Missing values", parts, span=4)
