"""One applicant: what the run says, why, what else could be, and who is alike."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.explain.layout import ids, timer
from dashapp.tabs.explain.open_row import OpenRow, place_of
from dashapp.tabs.explain.reference import reference_bar
from dashapp.tabs.explain.what_if import what_if_cards
from dashapp.usecases import changing
from dashapp.widgets.applicant import advice_card, changes_card, exact_card, position_card, reasons_card, values_card
from dashapp.widgets.applicant.values import field_label
from dashapp.widgets.applicant.words import class_words
from dashapp.widgets.basics import Children, link_button, notice
from dashapp.widgets.parts import before_rows
from pipeline.figures.template import Look
from pipeline.shown import capital

_LIME = "LIME is being asked …"
_SIMILAR = "Looking for applicants like this one …"


def applicant_body(found: OpenRow, look: Look) -> list[Component]:
    """The page of an open applicant; LIME and those alike follow by themselves."""
    run, applicant, told = found.run, found.applicant, found.told
    two = told.advice is not None
    first = [advice_card(run, told, span=4), position_card(ids.position, run, told, look, span=8)] if two else []
    second: list[Component] = [] if two else [advice_card(run, told, span=8)]
    if two:
        second = [reasons_card(run, told, span=4), html.Div(changing_card(found), id=ids.changes_place, className="sd-4 sd-fill")]
    second.append(values_card(run, applicant, span=4))
    return [
        html.Div(bar(found), id=ids.bar, className="sd-explain-bar"),
        *_warnings(found),
        *([html.Div(first, className="sd-grid sd-explain-first")] if first else []),
        html.Div(second, className="sd-grid"),
        html.Div(reference_bar(found), id=ids.switch, className="sd-explain-switch"),
        html.Div(
            [
                html.Div(exact_part(found, look), id=ids.exact_place, className="sd-7 sd-fill"),
                html.Div(html.P(_LIME, className="sd-busy"), id=ids.lime_place, className="sd-5 sd-fill"),
            ],
            className="sd-grid",
        ),
        html.Div(id=ids.reading, className="sd-explain-place"),
        what_if_cards(found, look),
        html.Div(html.P(_SIMILAR, className="sd-busy"), id=ids.similar_place),
        dcc.Store(id=ids.lime_asked, data=found.address.query()),
        timer(ids.lime_tick),
        timer(ids.similar_tick),
    ]


def exact_part(found: OpenRow, look: Look) -> Component:
    return exact_card(ids.exact, found.run, found.applicant, found.told, look)


def changing_card(found: OpenRow) -> Component:
    """What would have to change, with the fields that may."""
    run, chosen = found.run, changeable_of(found)
    choice = html.Div(
        [
            html.Label("May change", htmlFor=ids.changeable),
            dcc.Dropdown(
                id=ids.changeable,
                options={name: field_label(name, run.wording) for name in run.model.fields},
                value=list(chosen),
                multi=True,
                placeholder="Choose fields",
            ),
            html.Div("All other fields stay as they are. The run's wording says which may change unless you choose.",
                     className="sd-help"),
        ],
        className="sd-field",
    )  # fmt: skip
    remedy = "Choose some here, or mark them in the run's wording."
    return changes_card(run, changing.changes(run, found.applicant, chosen), action=choice, remedy=remedy)


def changeable_of(found: OpenRow) -> tuple[str, ...]:
    """The fields that may change: those of the address, else those of the run's wording."""
    marked = found.address.changeable
    return changing.changeable(found.run) if marked is None else tuple(name for name in marked if name in found.run.model.fields)


def bar(found: OpenRow) -> list[Component]:
    """Who is open, and the way to the one before, the one after, and back."""
    view, address, place = found.run.view, found.address, place_of(found)
    path = f"/runs/{view.id}/explain"
    parts: list[Component] = [link_button("All applicants", path + address.of(None), icon_name="arrow-left")]
    words: list[Children] = [
        html.H2(f"Row {theme.count(found.number + 1)}"),
        html.Span(_truth(found), className="sd-explain-truth"),
    ]
    parts.append(html.Div(words, className="sd-explain-who"))
    way: list[Component] = []
    if place is not None:
        if place.before is not None:
            way.append(link_button("Previous", path + address.of(place.before), icon_name="chevron-left"))
        if place.at is not None:
            way.append(html.Span(f"{theme.count(place.at)} of {theme.count(place.n_rows)}", className="sd-meta"))
        else:
            way.append(html.Span("not in the list of this filter", className="sd-meta"))
        if place.after is not None:
            way.append(link_button("Next", path + address.of(place.after), icon_name="chevron-right"))
    parts.append(html.Nav(way, className="sd-explain-way", **{"aria-label": "Applicants of the list"}))
    return parts


def _truth(found: OpenRow) -> list[Children]:
    """What the row was for and what came of it: held out · went bad, and was approved."""
    view, own = found.run.view, found.applicant.part
    part = capital(before_rows(own, view.spec)) + " row" if own is not None else "Row that the run did not use"
    if found.applicant.outcome is None:
        return [f"{part} · what came of it is not known"]
    if found.is_bad is None or found.told.advice is None:
        likeliest, _ = max(found.told.probabilities, key=lambda one: one[1])
        otherwise = [f" · the run predicts {likeliest}"] if likeliest != found.applicant.outcome else []
        return [f"{part} · came: ", html.B(found.applicant.outcome), *otherwise]
    words = class_words(found.run.model.labels)
    came = words.later_bad if found.is_bad else words.later_good
    wrong = found.is_bad == (found.told.advice == "approve")
    said: list[Children] = [f"{part} · ", html.B(came)]
    if wrong:
        which = "a missed bad" if found.is_bad else "a refused good"
        said.append(f" · {which}" if words.is_credit else " · the run predicts otherwise")
    return said


def _warnings(found: OpenRow) -> list[Component]:
    if found.applicant.part != "training":
        return []
    text = "The run has seen what came of it, so its score flatters: it says little about how the run does on new applicants."
    return [notice("caution", "This row trained the model", text)]
