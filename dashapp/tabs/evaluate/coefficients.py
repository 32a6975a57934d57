"""Coefficients: what moves the odds, by how much, and what may be believed of it."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.evaluate.coefficient_rows import Told, coefficient_table, comparable, told_of, turns, within_error
from dashapp.tabs.evaluate.fit_figures import figures, fit_card, ways_on
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import card, empty, icon, link_button, notice
from pipeline.results import Coefficient, RunResult

_MOST_NAMED = 3


def coefficients(view: RunView, result: RunResult) -> list[Component]:
    """The fit's figures, what is refused and why, and a table for each class whose log-odds the estimates move."""
    fit = result.fit
    if fit is None:
        said = "Nothing was fitted: the run evaluates scores that the data held already, so there is no model to look into."
        return [empty("list-ul", "No coefficients", said, link_button("To the overview", f"/runs/{view.id}"))]
    labels = list(dict.fromkeys(row.label for row in result.intercepts))
    parts: list[Component] = [figures(fit), *_separations(view, result), *ways_on(view, result, fit)]
    if len(labels) > 1:
        parts.append(_choice(labels, result))
    told = told_of(result)
    for at, label in enumerate(labels):
        shown = _card(view, result, label, len(labels), told)
        parts.append(html.Div(shown, className="sd-coef-class", hidden=at > 0, **{"data-class": str(at)}))
    parts.append(fit_card(view, result, fit))
    return parts


def _separations(view: RunView, result: RunResult) -> list[Component]:
    """What separates the classes, in one card: it spoils the fit, so it stands first."""
    if not result.separation:
        return []
    complete = any(each.complete for each in result.separation)
    title = "The classes are separated" + (" completely" if complete else "") + ": the likelihood has no maximum"
    sentences = [html.Li(each.sentence) for each in result.separation]
    body = html.Ul(sentences, className="sd-list") if len(sentences) > 1 else result.separation[0].sentence
    action = None
    if view.sees_dataset:
        href = f"/runs/new/{view.dataset_id}?like={view.id}&penalty=l2"
        action = link_button("Train again with a penalty", href, kind="link")
    return [notice("danger", title, body, action)]


def _choice(labels: Sequence[str], result: RunResult) -> Component:
    """Which class is shown; assets/45-coefficients.js shows and hides the cards."""
    buttons = [
        html.Button(
            _against(label, result), type="button", **{"data-coef-class": str(at), "aria-pressed": "true" if at == 0 else "false"}
        )
        for at, label in enumerate(labels)
    ]
    return html.Div(buttons, className="sd-coef-classes", role="group", **{"aria-label": "Class whose odds are shown"})


def _against(label: str, result: RunResult) -> str:
    reference = "the rest" if result.data.labels[0] in {row.label for row in result.intercepts} else result.data.labels[0]
    return f"{label} against {reference}"


def _card(view: RunView, result: RunResult, label: str, n_labels: int, told: Told) -> Component:
    rows = [row for row in result.coefficients if row.label == label]
    intercept = next(row for row in result.intercepts if row.label == label)
    if not rows:
        return empty("list-ul", "No coefficients", "The model has an intercept alone.")
    title = _finding(rows, label) if n_labels == 1 else f"{label}: {_finding(rows, label)}"
    n = result.data.n_fitted or result.data.n_train
    kind = "rows after resampling" if result.data.n_fitted else "training rows"
    drawn = "95% intervals" if told.errors else "95% bootstrap intervals" if told.bootstrap else "no intervals"
    under = (
        f"Log-odds of {_against(label, result)}, fitted on {theme.count(n)} {kind}, with {drawn}. "
        "The drawing compares: numbers by standard deviation, levels with their reference level."
    )
    tools = [
        html.A(
            icon("download"),
            href=f"/api/runs/{view.id}/coefficients.csv",
            download="",
            className="sd-icon-button",
            title="Download the table (CSV)",
            **{"aria-label": "Download the table (CSV)"},
        )
    ]
    foot = _turned(rows)
    return card(title, coefficient_table([intercept, *rows], told), under=under, tools=tools, flush=True, foot=foot)


def _finding(rows: Sequence[Coefficient], label: str) -> str:
    """The terms that move the odds most: numbers per standard deviation, levels against their reference."""
    strength = sorted(rows, key=lambda row: -abs(comparable(row)))
    words = [f"{row.field}{': ' + row.level if row.level else ''}" for row in strength[:2] if comparable(row)]
    if not words:
        return f"Nothing moves the odds of {label}: every coefficient is 0"
    return f"{' and '.join(words)} {'moves' if len(words) == 1 else 'move'} the odds of {label} most"


def _turned(rows: Sequence[Coefficient]) -> Component | None:
    """Terms whose sign is another beside the others than alone, by more than their error."""
    names = [f"{row.field}{': ' + row.level if row.level else ''}" for row in rows if turns(row) and not within_error(row)]
    if not names:
        return None
    named = ", ".join(names[:_MOST_NAMED]) + (f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else "")
    said = (
        f"Against its own direction: {named}. Alone the sign is the other one, so the estimate says something only beside the "
        "columns that it is fitted with; look at their variance inflation before you explain it to anybody."
    )
    return html.P(said, className="sd-meta")
