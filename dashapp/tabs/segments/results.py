"""What the page shows of a table of segments at a cut-off: the figure, who lies below four fifths, and the places of the rest."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.segments import drawing
from dashapp.tabs.segments.layout import ids
from dashapp.tabs.segments.own_cutoffs import own_card
from dashapp.tabs.segments.tables import balance_card, fairness_card, rates_card
from dashapp.tabs.segments.words import Words, named, two
from dashapp.usecases.job_views import JobView
from dashapp.usecases.runs import RunView
from dashapp.usecases.segment_columns import Groups
from dashapp.usecases.segment_looks import Look, ratio_of
from dashapp.widgets.basics import button, card, empty, icon, link_button, notice
from dashapp.widgets.counting import again_button, stopped
from dashapp.widgets.figures import figure_card
from dashapp.widgets.jobs import job_progress
from pipeline.figures.segments import figure_height, segments_figure
from pipeline.figures.template import Look as Theme
from pipeline.segment_results import SegmentRates

_MOST_BELOW = 8


def results(
    view: RunView, look: Look, beside: str, words: Words, theme_look: Theme, *, narrow: bool, csv: str, own: Any = None
) -> Component:
    """All cards; `own` are the cut-offs by group that were tried.

    The search is filled by a callback of its own, so that the page need not wait for it.
    """
    if not look.rates:
        return _without_segments(look)
    side = html.Div([below_card(view, look, words), html.Div(id=ids.pairs)], className="sd-3 sd-segments-side")
    return html.Div(
        [
            main_card(look, beside, words, theme_look, narrow),
            side,
            fairness_card(look, words),
            html.Div([html.Div(id=ids.found), told_card(look)], className="sd-6 sd-segments-side"),
            html.Div([own_card(look, words, own), balance_card(look, words, theme_look)], className="sd-6 sd-segments-side"),
            rates_card(look, words, csv),
        ],
        className="sd-grid",
    )


def _without_segments(look: Look) -> Component:
    """No column that was asked for makes groups; others can be searched."""
    why = html.Ul([html.Li(sentence) for _, sentence in look.table.left_out])
    side = html.Div([told_card(look), html.Div(id=ids.pairs)], className="sd-6 sd-segments-side")
    cards = html.Div([html.Div(id=ids.found, className="sd-6"), side], className="sd-grid")
    return html.Div([notice("caution", "No group could be made of these columns", why), cards], className="sd-stack")


def main_card(look: Look, beside: str, words: Words, theme_look: Theme, narrow: bool) -> Component:
    """The figure of the groups."""
    rows, panels = drawing.rows(look, beside, words), drawing.panels(look, beside, words)
    heads = ("Rows", drawing.rate_head(words))
    figure = segments_figure(rows, panels, theme_look, heads=heads, narrow=narrow)
    meaning = [
        html.P(
            f"Approval rate: the share of a group's rows below the cut-off. Ratio: that rate over the one of the group's "
            f"reference. {words.rates['false_negative_rate']}: of the {words.bads} of a group, the share that is "
            f"{words.approved}."
        ),
        html.P(
            "Intervals are 95%: Wilson's for shares, of the logarithm for ratios (Katz 1978), DeLong's for the AUC, Byar's for "
            "observed over expected, mean ± 1.96 standard errors for the mean score."
        ),
        html.P(
            "Four fifths is the line at which a difference in selection is customarily looked into (29 CFR 1607.4 D). Whether a "
            "difference is justified, or lawful, no figure tells."
        ),
    ]
    return figure_card(
        ids.figure,
        drawing.title(look, words),
        drawing.under(look, words),
        figure,
        meaning=meaning,
        height=figure_height(rows, narrow=narrow),
        span=9,
        caption=drawing.caption(look, words),
    )


def below_card(view: RunView, look: Look, words: Words) -> Component:
    """Groups below 0.80 of their reference, the lowest first."""
    below = look.below()
    if not below:
        body: list[Component] = [
            html.P(
                f"No group with enough rows is {words.approved} less than 0.80 times as often as the reference of its columns.",
                className="sd-quiet",
            )
        ]
    else:
        body = [html.Dl([_below_row(one) for one in below[:_MOST_BELOW]], className="sd-segments-below")]
        if len(below) > _MOST_BELOW:
            body.append(html.P(f"And {len(below) - _MOST_BELOW} more in the table.", className="sd-meta"))
        if view.mine:
            body.append(html.Div(button("Note a reason", ids.note, icon_name="pencil")))
    return card("Below four fifths", body)


def _below_row(one: SegmentRates) -> Component:
    ratio = ratio_of(one)
    return html.Div(
        [
            html.Dt(named(one)),
            html.Dd(f"{two(ratio.low)} to {two(ratio.high)}", className="sd-meta"),
            html.Dd(two(ratio.value), className="sd-strong"),
        ]
    )


def told_card(look: Look) -> Component:
    """How values were made groups, and what was left out."""
    made = [html.Li([html.Strong(name), f": {how}"]) for name, how in look.table.binned]
    made = made or [html.Li("Every value of a column is a group.")]
    out = [html.Li([html.Strong(name), f": {why}"]) for name, why in look.table.left_out]
    parts: list[Component] = [html.Ul(made, className="sd-segments-links")]
    if out:
        parts += [html.H3("Put together or left out", className="sd-strong"), html.Ul(out, className="sd-segments-links")]
    parts.append(
        html.P(
            "Groups are made of all rows of the data set, so that they are the same for every part and every run of it.",
            className="sd-meta",
        )
    )
    return card("How the groups were made", parts)


def waiting(job: JobView | None, study_id: str) -> Component:
    """While the segments are counted, or where that came to nothing."""
    if job is not None and job.active:
        under = "The page shows them as soon as they are there; you may close it meanwhile."
        return card("The groups are being counted", html.Div(job_progress(job, {"cancel-job": job.id})), under=under)
    again = again_button(study_id, "Count them again") if job is not None and job.mine else None
    return stopped(job, "The groups were not counted", ("Counting was cancelled", "Count them, or choose other groups."), again)


def without_result(view: RunView) -> Component:
    """A run that is not trained."""
    back = link_button("See how far it is", f"/runs/{view.id}")
    return empty("people", "No decisions yet", "Once the run has a result, this page shows how it falls on groups.", back)


def with_three_classes(view: RunView) -> Component:
    return empty(
        "people",
        "Not for three classes",
        "Groups are compared by who is approved, and this run tells three classes or more apart. Train a run that names the "
        "label that counts as bad.",
        link_button("Train such a run", f"/runs/new/{view.dataset_id}?like={view.id}") if view.sees_dataset else None,
    )


def without_groups(view: RunView) -> Component:
    """Everything was taken away, or there is nothing to group by."""
    return empty(
        "people",
        "No column to group by",
        "Add one above. Columns that are an outcome or a key are not offered; the data set's Columns tab says what each is for.",
        link_button("Columns of the data set", f"/data/{view.dataset_id}/columns") if view.sees_dataset else None,
    )


def not_shared(view: RunView, path: str, before: tuple[tuple[Groups, str], ...], why: str) -> Component:
    """For somebody who sees the run without its rows: the groups that were looked at, each as a link."""
    reason = "The data set is not shared with you" if not view.mine else "The data set is gone, or no longer shared with you"
    if not before:
        return empty("lock", reason, f"New groups cannot be counted, and none were before. {why}")
    links = [
        html.Li(dcc.Link(", ".join(" × ".join(group) for group in groups), href=path + query)) for groups, query in before[:20]
    ]
    return html.Div(
        [
            notice("info", f"{reason}, so these groups were not counted", why),
            card("These were looked at before", html.Ul(links, className="sd-segments-links")),
        ],
        className="sd-stack",
    )


def refused(title: str, fix: str) -> Component:
    return notice("caution", title, fix)


def stored_only(view: RunView) -> Component:
    """Said above results that were counted by somebody else."""
    words = "The data set is not shared with you; these groups were looked at by somebody who sees it."
    if view.mine:
        words = "The data set is gone, or no longer shared with you; these groups were counted before."
    return html.P([icon("lock"), " ", words], className="sd-quiet sd-segments-stored")


def opening_of_note(look: Look, words: Words) -> str:
    """What a note of a reason begins with: the groups below four fifths."""
    lines = []
    for one in look.below()[:_MOST_BELOW]:
        reference = look.reference(one.by)
        other = named(reference) if reference is not None else "the reference"
        lines.append(f"{named(one)}: approved {two(ratio_of(one).value)} times as often as {other}.")
    head = f"Segments at cut-off {words.cutoff(look.cutoff)}, {theme.count(look.table.n_rows)} {words.parts[look.table.part]}:"
    return "\n".join([head, *lines, "", "Reason: "])
