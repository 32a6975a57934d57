"""What follows an open applicant by itself: LIME, and the applicants most like this one; each may be a job."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.explain.address import Lime
from dashapp.tabs.explain.layout import ids
from dashapp.tabs.explain.open_row import OpenRow
from dashapp.usecases import limes, similar
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused, UnusableData
from dashapp.widgets.applicant import how_to_read, lime_card
from dashapp.widgets.applicant.values import value_of
from dashapp.widgets.applicant.words import class_words
from dashapp.widgets.basics import Children, button, card, notice
from dashapp.widgets.counting import at_work, lime_loading
from dashapp.widgets.parts import before_rows
from dashapp.widgets.tables import Column, table
from pipeline.figures.template import Look
from pipeline.lime_results import LimeResult
from pipeline.shown import capital
from pipeline.similar_results import Similar, SimilarRow

_MOST_FIELDS, _MOST_ALIKE = 4, 12
_FORM = (
    ("seed", "seed", "Seed", "the run's", "The same seed gives the same weights."),
    ("samples", "samples", "Samples", "5000", "More take longer and move less."),
    ("width", "width", "Kernel width", "the package's", "Smaller looks nearer around the applicant."),
)


def lime_part(found: OpenRow, look: Look) -> tuple[list[Component], Component | None, bool]:
    """LIME's card with its form, how to read it beside the exact account, and whether its job is still at work."""
    address = found.address
    problems: dict[str, str] = {}
    try:
        study_id = limes.start(
            found.who, found.run.view.id, found.applicant, label=found.label, asks_again=True, **_options(address.lime)
        )
        view = limes.get(found.who, study_id)
    except InvalidSpec as error:
        problems = error.problems
        said = notice("caution", "LIME cannot be asked so", " ".join(problems.values()))
        return [card("LIME", [said]), _form(address.lime)], None, False
    except limes.StillLoading:
        return [lime_loading()], None, True
    except (Refused, UnusableData) as error:
        return [card("LIME", [notice("info", error.message, error.fix)])], None, False
    if isinstance(view.result, LimeResult):
        shown = lime_card(ids.lime, found.run, view.result, found.told, look, foot=_form(address.lime))
        return [shown], how_to_read(found.run, found.told, view.result), False
    return [at_work(view.card, "LIME is at work", "LIME gave no account")], None, True


def _options(asked: Lime) -> dict[str, Any]:
    """The options that were typed; what is left empty is as usual."""
    typed = (("seed", asked.seed), ("n_samples", asked.samples), ("kernel_width", asked.width))
    return {name: text.replace(",", "").strip() for name, text in typed if text.strip()}


def _form(asked: Lime) -> Component:
    fields = [
        html.Div(
            [
                html.Label(label, htmlFor=getattr(ids, own)),
                dcc.Input(
                    id=getattr(ids, own), type="text", inputMode="decimal", value=getattr(asked, name), placeholder=usual,
                    maxLength=20, className="sd-input",
                ),
                html.Div(about, className="sd-help"),
            ],
            className="sd-field",
        )
        for own, name, label, usual, about in _FORM
    ]  # fmt: skip
    again = button("Ask LIME again", ids.lime_again, icon_name="arrow-repeat")
    return html.Details(
        [
            html.Summary("Seed, samples and kernel width", className="sd-more-summary"),
            html.Div(fields, className="sd-explain-lime"),
            html.Div(again, className="sd-row"),
        ],
        className="sd-more",
        open=asked != Lime(),
    )


def similar_part(found: OpenRow) -> tuple[list[Component], bool]:
    """Those whose scores are made of the same parts, with what became of them; and whether a job is still looking."""
    who, view = found.who, found.run.view
    try:
        study_id = similar.start(who, view.id, found.applicant, label=found.label)
        study = similar.get(who, view.id, study_id)
    except (Refused, UnusableData) as error:
        return [card("Similar applicants", [notice("info", error.message, error.fix)])], False
    except NotFound:
        return [], False
    if isinstance(study.result, Similar):
        return [_alike(found, study.result)], False
    return [at_work(study.card, "Similar applicants are being looked for", "Similar applicants were not found")], True


def _alike(found: OpenRow, alike: Similar) -> Component:
    view, rows = found.run.view, alike.rows[:_MOST_ALIKE]
    if not rows:
        return card("Similar applicants", [notice("info", "Nobody is like this applicant", "The run used no other row.")])
    named = _telling(found)
    at = [alike.fields.index(name) for name in named]
    credit = found.told.advice is not None and class_words(found.run.model.labels).is_credit
    chance = f"Chance of {'bad' if credit else alike.label}"
    heads = [Column("Row"), Column("Distance", numeric=True), Column(chance, numeric=True), Column("Came"), Column("Part")]
    wording = found.run.wording
    heads += [
        Column(capital(wording.label(name)), numeric=_is_number(rows, place)) for name, place in zip(named, at, strict=True)
    ]
    lines = [_line(found, one, at) for one in rows]
    n_nearest, n_trained = theme.count(alike.n_nearest), theme.count(alike.n_training)
    return card(
        _alike_title(found, alike),
        table(heads, lines, label="Similar applicants", names="sd-explain-found"),
        under=f"The {len(rows)} nearest of {theme.count(alike.n_rows)} rows that the run used, by what their scores are made of. "
        f"The rate is over the {n_nearest} nearest; {n_trained} of them trained the model. "
        f"Distance in log-odds; {view.dataset_name}.",
        flush=True,
    )


def _alike_title(found: OpenRow, alike: Similar) -> str:
    n, label = theme.count(alike.n_nearest), alike.label
    words = f"{theme.count(alike.n_of_label)} came out as {label}"
    if found.told.advice is not None:
        words = f"{theme.count(alike.n_of_label)} {class_words(found.run.model.labels).went_bad}"
    low, high = alike.interval
    between = f" ({theme.chance(low)} to {theme.chance(high)})" if low is not None and high is not None else ""
    return f"Of the {n} applicants most like this one {words}{between}"


def _telling(found: OpenRow) -> list[str]:
    """The fields that move this score most, which are those to compare."""
    parts = sorted(found.told.explanation.contributions, key=lambda part: -abs(part.contribution))
    return list(dict.fromkeys(name for part in parts for name in part.sources))[:_MOST_FIELDS]


def _is_number(rows: tuple[SimilarRow, ...], place: int) -> bool:
    return all(not isinstance(row.values[place], str) for row in rows)


def _line(found: OpenRow, one: SimilarRow, at: list[int]) -> list[Children]:
    view = found.run.view
    link = dcc.Link(theme.count(one.row + 1), href=f"/runs/{view.id}/explain" + found.address.of(one.row))
    part = capital(before_rows(one.part, view.spec))
    came = one.outcome
    if found.told.advice is not None:
        words = class_words(found.run.model.labels)
        came = words.bad if one.outcome == view.spec.bad_label else words.good
    fields = found.run.background.fields
    values = [value_of(found.run, fields[place].name, one.values[place]) for place in at]
    return [link, f"{one.distance:.2f}", theme.share(one.probability), came, part, *values]
