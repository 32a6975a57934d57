"""The search for segments that stand out: its cards in each of their states."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.segments.layout import ids
from dashapp.tabs.segments.words import Words, group_words, level_words, named
from dashapp.usecases.segment_address import LOOKED_FOR
from dashapp.usecases.segment_columns import MOST_SEARCHED
from dashapp.usecases.studies import StudyView
from dashapp.widgets.basics import Children, button, card
from dashapp.widgets.figures import tools
from dashapp.widgets.jobs import job_progress
from dashapp.widgets.tables import Column, table
from pipeline.segment_results import FoundSegment, WorstSegments

_SHOWN = 10


def pairs_card(result: WorstSegments | None, words: Words, approval_rate: float | None, cutoff: float) -> Component | None:
    """The pairs with the lowest approval rates, with a mark where all rows stand."""
    if result is None or result.cutoff != cutoff:
        return None
    if not result.lowest_pairs:
        foot = f"No pair has {result.least_rows} rows and {result.least_of_class} {words.bads}."
        return card("Lowest pairs", html.P(foot, className="sd-quiet"))
    rows = []
    for one in result.lowest_pairs:
        mark = [] if approval_rate is None else [html.Span(className="whole", style={"left": f"{approval_rate * 100:.1f}%"})]
        rows.append(
            html.Div(
                [
                    html.Div([html.Span(named(one)), html.Strong(theme.chance(one.approval_rate))]),
                    html.Div(
                        [html.Span(className="part", style={"width": f"{one.approval_rate * 100:.1f}%"}), *mark],
                        className="sd-segments-rail",
                        **{"aria-hidden": "true"},
                    ),
                    html.Div(
                        f"{theme.count(one.n_rows)} rows; {theme.chance(one.false_positive_rate)} of its {words.goods} "
                        f"{words.refused}",
                        className="sd-meta",
                    ),
                ],
                className="sd-segments-pair",
                title=group_words(one.by),
            )
        )
    foot = (
        f"Searched: all {theme.plural(result.n_pairs, 'pair')} with at least {result.least_rows} rows and "
        f"{result.least_of_class} {words.bads}. Among so many some are low by chance."
    )
    n = len(result.lowest_pairs)
    title = f"{_NUMBERS.get(n, n)} pairs {words.approved} least often" if n > 1 else f"The pair {words.approved} least often"
    under = f"Mark: all rows, {theme.share(approval_rate)}"
    return card(title, [html.Div(rows), html.P(foot, className="sd-meta")], under=under)


_NUMBERS = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}


def found_card(
    view: StudyView | None,
    words: Words,
    *,
    cutoff: float,
    looked_for: str,
    offered: Sequence[str],
    usual: Sequence[str],
    why: str,
) -> Component:
    """The ranked search; `offered` is empty for those who do not see the data set, `why` says what was refused."""
    result = view.result if view is not None and isinstance(view.result, WorstSegments) else None
    job = view.card.job if view is not None else None
    parts: list[Any] = [_controls(words, looked_for, offered, usual, result, cutoff, busy=job is not None and job.active)]
    if why:
        parts.append(html.P(why, className="sd-problem", role="alert"))
    if job is not None and job.active:
        parts.append(html.Div(job_progress(job, {"cancel-job": job.id})))
    elif job is not None and job.state in {"failed", "cancelled"}:
        parts.append(html.P(job.error or "The search was cancelled.", className="sd-quiet"))
    if result is not None:
        parts += _found(result, words)
    elif job is None:
        parts.append(html.P("Nobody has searched yet.", className="sd-quiet"))
    return card(_title(result, words), parts, under=_under(result, words), tools=tools(_MEANING, formats=()))


_MEANING = [
    html.P(
        "Every segment of one and of two of the columns with enough rows is held against all other rows. It is listed where it "
        "is worse by more than chance after the correction for so many looks."
    ),
    html.P(
        "The interval is that of the gap alone (Newcombe 1998), not corrected. A gap is no reason: look at the bad rates too."
    ),
]


def _title(result: WorstSegments | None, words: Words) -> str:
    if result is None:
        return "Worst segments"
    if not result.n_looked_at:
        return "There was no segment to look at"
    if not result.found:
        return "No segment is worse by more than chance"
    first = result.found[0]
    return f"{named(first)} stands out most" + (f", of {theme.count(result.n_found)} that do" if result.n_found > 1 else "")


def _under(result: WorstSegments | None, words: Words) -> str:
    if result is None:
        return "A search over all segments of one and two columns for the largest gap that is larger than chance"
    return (
        f"{theme.plural(result.n_looked_at, 'segment')} of one and two of {len(result.columns)} columns looked at, "
        f"{theme.count(result.n_too_few)} too small. At cut-off {words.cutoff(result.cutoff)}."
    )


def _controls(
    words: Words,
    looked_for: str,
    offered: Sequence[str],
    usual: Sequence[str],
    result: WorstSegments | None,
    cutoff: float,
    *,
    busy: bool,
) -> Component:
    options = [{"label": name, "value": value} for value, name in measures(words).items()]
    menu = html.Div(
        [
            html.Label("Worst by", htmlFor=ids.looked_for, className="sd-segments-label"),
            dcc.Dropdown(id=ids.looked_for, options=options, value=looked_for, clearable=False),
        ],
        className="sd-segments-choice",
    )
    if not offered:
        return menu
    stale = result is None or result.cutoff != cutoff
    label = f"Search at {words.cutoff(cutoff)}" if stale else "Search these columns"
    press = button(label, ids.search, icon_name="search", kind="primary" if stale and not busy else "")
    chosen = list(result.columns if result is not None else usual)
    columns = html.Details(
        [
            html.Summary("Columns to search"),
            dcc.Dropdown(id=ids.searched, options=list(offered), value=chosen, multi=True),
            html.P(f"At most {MOST_SEARCHED} at once.", className="sd-meta"),
            *([] if stale else [press]),
        ],
        className="sd-more",
    )
    return html.Div([html.Div([menu, *([press] if stale else [])], className="sd-segments-search"), columns])


def measures(words: Words) -> dict[str, str]:
    names = {**words.rates, "calibration": f"More {words.bads} than predicted"}
    low = f"{words.rates['approval_rate']}, low"
    return {name: low if name == "approval_rate" else names[name] for name in LOOKED_FOR}


def _found(result: WorstSegments, words: Words) -> list[Children]:
    if not result.n_looked_at:
        told = "No segment of these columns is large enough, and smaller than all rows, to be held against the others."
        return [html.P(told, className="sd-quiet")]
    how = html.P(result.correction, className="sd-meta")
    if not result.found:
        return [html.P("No gap is larger than chance would give among so many.", className="sd-quiet"), how]
    columns = [
        Column("Segment"),
        Column("Rows", numeric=True),
        Column(measures(words)[result.measure].removesuffix(", low"), numeric=True),
        Column("Gap, points" if result.measure != "calibration" else "Gap", numeric=True),
        Column("p, corrected", numeric=True),
    ]
    rows = [_found_row(one) for one in result.found[:_SHOWN]]
    told = f"The {_SHOWN} largest of {theme.count(result.n_found)}. " if result.n_found > _SHOWN else ""
    told += f"{theme.plural(result.n_better, 'segment')} differ to the better side. " if result.n_better else ""
    return [
        html.Div(table(columns, rows, label="Worst segments"), className="sd-segments-scroll"),
        html.P(told + result.correction, className="sd-meta"),
    ]


def _found_row(one: FoundSegment) -> list[Children]:
    name = [html.Div(level_words(one.levels)), html.Div(group_words(one.by), className="sd-meta")]
    gap = f"{one.gap * 100:+.1f}".replace("-", theme.MINUS)
    ends = f"{one.low * 100:+.1f} to {one.high * 100:+.1f}".replace("-", theme.MINUS)
    rate = [html.Div(theme.share(one.rate)), html.Div(f"others {theme.share(one.rate_of_rest)}", className="sd-meta")]
    return [
        name,
        theme.count(one.n_rows),
        rate,
        [html.Div(gap), html.Div(ends, className="sd-meta")],
        theme.p_value(one.p_adjusted),
    ]
