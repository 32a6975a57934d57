"""What is known of an applicant: the fields that the model reads, and what is on file beside them."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.explaining import Applicant
from dashapp.widgets.basics import Children, card, facts
from pipeline.explain_results import Value
from pipeline.explaining.wording import Wording, value_words
from pipeline.shown import capital

_MOST = 14  # fields that are shown at once
_MOST_NAMED = 6


def values_card(run: OpenedRun, applicant: Applicant, *, span: int | None = None, action: Children = None) -> Component:
    """The values in their own units. Columns that the model does not read are named, and their values are not shown."""
    wording = run.wording
    pairs = [(field_label(name, wording), value_of(run, name, applicant.values[name])) for name in run.model.fields]
    body: list[Component] = [facts(*pairs[:_MOST])]
    if len(pairs) > _MOST:
        more = html.Summary(f"{len(pairs) - _MOST} more", className="sd-more-summary")
        body.append(html.Details([more, facts(*pairs[_MOST:])], className="sd-more"))
    others = [*(name for name in run.beside if name in applicant.others), *applicant.others]
    if others:
        body.append(html.P(on_file(list(dict.fromkeys(others)), wording), className="sd-on-file"))
    elif run.beside:
        body.append(html.P(_not_asked(run.beside, wording), className="sd-on-file"))
    return card("Applicant", body, under=_under(run, applicant), tools=[action] if action is not None else [], span=span)


def value_of(run: OpenedRun, name: str, value: Value) -> str:
    """A value as the run's people read it: with its unit, a special code of a field that the model reads without."""
    info = next((one for one in run.background.fields if one.name == name), None)
    return value_words(name, value, run.wording, info)


def field_label(name: str, wording: Wording) -> str:
    return capital(wording.label(name))


def on_file(names: Sequence[str], wording: Wording) -> str:
    """`Age, sex and foreign-worker status are on file. The model neither sees nor uses them.`"""
    if len(names) == 1:
        return f"{capital(wording.label(names[0]))} is on file. The model neither sees nor uses it."
    return f"{_named(names, wording)} are on file. The model neither sees nor uses them."


def _not_asked(names: Sequence[str], wording: Wording) -> str:
    """Of somebody typed in: `Age is not asked for. The model neither sees nor uses it.`"""
    if len(names) == 1:
        return f"{capital(wording.label(names[0]))} is not asked for. The model neither sees nor uses it."
    return f"{_named(names, wording)} are not asked for. The model neither sees nor uses them."


def _named(names: Sequence[str], wording: Wording) -> str:
    labels = [wording.label(name) for name in names[:_MOST_NAMED]]
    if len(names) > _MOST_NAMED:
        labels.append(f"{len(names) - _MOST_NAMED} other columns")
    return f"{capital(', '.join(labels[:-1]))} and {labels[-1]}"


def _under(run: OpenedRun, applicant: Applicant) -> str:
    return applicant.name if applicant.row is None else f"{run.view.dataset_name}, {applicant.name}"
