"""What if the groups of a column had cut-offs of their own: shown, never saved."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.segments.layout import ids
from dashapp.tabs.segments.words import Words, group_words, level_words, two
from dashapp.usecases.segment_address import Group, group_of, group_text
from dashapp.usecases.segment_looks import Look, with_own_cutoffs
from dashapp.widgets.basics import card
from pipeline.segment_results import Decided, WhatIf
from pipeline.shown import capital

MOST_OWN = 12  # groups that get a cut-off of their own


def own_card(look: Look, words: Words, kept: Any = None) -> Component:
    """Choose a column; then each of its groups has a field. `kept` is what was typed before the page was drawn anew."""
    groups = [by for by in look.table.by if any(one.by == by for one in look.rates)]
    by = chosen(look, kept.get("group") if isinstance(kept, dict) else None)
    overall, _ = with_own_cutoffs(look.table, by, own_of(look, by, kept), look.cutoff)
    options = [{"label": group_words(by), "value": group_text(by)} for by in groups]
    inside = [
        html.Div(
            [
                html.Label("Groups of", htmlFor=ids.own_group, className="sd-segments-label"),
                dcc.Dropdown(id=ids.own_group, options=options, value=group_text(by), clearable=False),
            ],
            className="sd-segments-choice",
        ),
        html.Div(all_rows(overall, words), id=ids.own_all, **{"aria-live": "polite"}),
        html.Div(fields(look, group_text(by), words, kept), id=ids.own, className="sd-segments-own"),
    ]
    under = "What if each group had a cut-off of its own? Nothing is saved. The model stays as it is."
    caption = html.P(
        "Cut-offs that depend on what a person is, rather than on the risk, may themselves need a reason.", className="sd-meta"
    )
    return card("Cut-offs by group", [*inside, caption], under=under)


def fields(look: Look, wanted: Any, words: Words, kept: Any = None) -> list[Component]:
    """A line for each group of the chosen columns, with its cut-off and what it gives."""
    by = chosen(look, wanted)
    own = own_of(look, by, kept)
    _, found = with_own_cutoffs(look.table, by, own, look.cutoff)
    ratios = _ratios(look, by, found)
    heads = ("Group", "Cut-off", capital(words.approved), words.rates["bad_rate_of_approved"], "Ratio")
    after_heads = html.Div([html.Span(head) for head in heads[2:]], className="sd-segments-own-after")
    lines = [html.Div([html.Span(heads[0]), html.Span(heads[1]), after_heads], className="sd-segments-own-head")]
    for place, one in enumerate(found[:MOST_OWN]):
        lines.append(
            html.Div(
                [
                    html.Label(level_words(one.levels), htmlFor=f'{{"segment-cutoff":{place}}}'),
                    html.Div(
                        dcc.Input(
                            id={"segment-cutoff": place}, type="number",
                            value=words.typed(own.get(one.levels, look.cutoff)), step="any", debounce=0.3,
                            className="sd-input",
                        ),
                    ),
                    html.Div(after(one, ratios[place]), id={"segment-after": place}, className="sd-segments-own-after"),
                ],
                className="sd-segments-own-line",
            )
        )  # fmt: skip
    if len(found) > MOST_OWN:
        lines.append(
            html.P(f"The first {MOST_OWN} of {len(found)} groups; the others keep the one cut-off.", className="sd-meta")
        )
    return lines


def results(look: Look, wanted: Any, given: list[Any], words: Words, kept: Any = None) -> tuple[Component, list[Any], Any]:
    """All rows before and after, what each line gives, and what is to be kept of all that was typed.

    A field that holds no cut-off, or the one of all, keeps the one of all, and follows it where it is moved.
    """
    by = chosen(look, wanted)
    levels = [segment.levels for segment in look.table.segments if segment.by == by]
    of_all = words.typed(look.cutoff)
    typed = {place: _cutoff(one, words) for place, one in zip(levels, given, strict=False) if one != of_all}
    own = {place: value for place, value in typed.items() if value is not None}
    overall, found = with_own_cutoffs(look.table, by, own, look.cutoff)
    ratios = _ratios(look, by, found)
    now = {**_typed_before(kept), group_text(by): {group_text(place): value for place, value in own.items()}}
    lines = [after(one, ratios[place]) for place, one in enumerate(found[: len(given)])]
    return all_rows(overall, words), lines, {"group": group_text(by), "own": now}


def own_of(look: Look, by: Group, kept: Any) -> dict[Group, float]:
    """The cut-offs that groups of these columns were given; `kept` comes back from the browser, so it may be anything."""
    found = _typed_before(kept).get(group_text(by))
    if not isinstance(found, dict):
        return {}
    places = {group_text(one.levels): one.levels for one in look.rates if one.by == by}
    sound = {text: value for text, value in found.items() if isinstance(value, int | float) and not isinstance(value, bool)}
    return {places[text]: float(value) for text, value in sound.items() if text in places and 0 <= value <= 1}


def all_rows(overall: WhatIf, words: Words) -> Component:
    before, now = overall.before, overall.after
    facts = (
        (words.rates["approval_rate"], _change(before.approval_rate, now.approval_rate)),
        (words.rates["bad_rate_of_approved"], _change(before.bad_rate_of_approved, now.bad_rate_of_approved)),
        (words.rates["true_positive_rate"], _arrow(theme.count(before.bads_refused), theme.count(now.bads_refused))),
        (words.rates["false_positive_rate"], _arrow(theme.count(before.goods_refused), theme.count(now.goods_refused))),
    )
    unchanged = before == now
    parts = [html.Div([html.Span(name), html.Strong(value)]) for name, value in facts]
    note = html.Span("All rows, one cut-off" if unchanged else "All rows, before → with these cut-offs", className="sd-meta")
    return html.Div([note, html.Div(parts, className="sd-segments-own-facts")])


def after(one: WhatIf, ratio: tuple[float | None, float | None]) -> list[Component]:
    """The cells of a line."""
    low = ratio[1] is not None and ratio[1] < 0.8
    return [
        html.Span(_change(one.before.approval_rate, one.after.approval_rate)),
        html.Span(_change(one.before.bad_rate_of_approved, one.after.bad_rate_of_approved)),
        html.Span(_arrow(two(ratio[0]), two(ratio[1])), className="sd-segments-low" if low else ""),
    ]


def chosen(look: Look, wanted: Any) -> Group:
    """The group that a menu names; the first where it names none of the table."""
    group = group_of(wanted) if isinstance(wanted, str) else ()
    known = list(dict.fromkeys(one.by for one in look.rates))
    return group if group in known else known[0]


def _ratios(look: Look, by: Group, found: tuple[WhatIf, ...]) -> list[tuple[float | None, float | None]]:
    """Approval of each segment over that of the page's reference, before and after; none where the rows are too few."""
    reference = look.reference(by)
    other = next((one for one in found if reference is not None and one.levels == reference.levels), None)
    enough = {one.levels for one in look.rates if one.by == by and one.approval_rate.value is not None}
    return [
        (_over(one.before, other.before), _over(one.after, other.after))
        if other is not None and one.levels in enough
        else (None, None)
        for one in found
    ]


def _over(one: Decided, other: Decided) -> float | None:
    return one.approval_rate / other.approval_rate if one.approval_rate is not None and other.approval_rate else None


def _change(before: float | None, now: float | None) -> str:
    return _arrow(theme.share(before), theme.share(now))


def _arrow(before: str, now: str) -> str:
    return now if before == now else f"{before} → {now}"


def _cutoff(given: Any, words: Words) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    place = float(given) if words.scale is None else words.scale.place(float(given))
    return place if 0 <= place <= 1 else None


def _typed_before(kept: Any) -> dict[Any, Any]:
    found = kept.get("own") if isinstance(kept, dict) else None
    return found if isinstance(found, dict) else {}
