"""The form: which column is the score, how it is to be read, and on which rows it is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.tabs.train.groups import label_options
from dashapp.usecases.datasets import DatasetView
from dashapp.usecases.outside_scores import SPEC_OPTIONS, default_name
from dashapp.usecases.score_forms import ScoreHint, ScorePlan, likely_scores
from dashapp.widgets.basics import Children, button, card, empty, facts, link_button, notice
from dashapp.widgets.forms import control_id, field
from dashapp.widgets.page import head, skeleton
from pipeline.options import Option
from pipeline.spec import TrainSpec

ids = Ids("scores", "key", "body", "name", "name_problem", "hint", "summary", "problem", "start")
FORM = "score-option"
OWN = ("column", "higher_is", "is_probability", "cutoff")  # what is asked of a score beside the options of a spec
QUESTIONS = {
    "column": "which column it is",
    "higher_is": "what a higher score means",
    "is_probability": "whether it is a probability",
}

_HELP = {
    "split": "Which rows are kept apart to judge the score at the cut-off.",
    "test_share": "Share of the rows kept apart to judge the score. 0 chooses a cut-off on all rows and judges it on the same.",
    "target": "The column that says what came of each row.",
    "bad_label": "The label of the outcome that counts as bad.",
}
OPTIONS = tuple(
    replace(option, help=_HELP.get(option.name, option.help)) for option in TrainSpec.options() if option.name in SPEC_OPTIONS
)
_DIRECTIONS = (("bad", "More risk"), ("good", "Less risk"))
_CHANCE = (("yes", "Yes, from 0 to 1"), ("no", "No, another scale"))


def layout(dataset_id: str) -> Component:
    return skeleton(ids.key, ids.body, {"dataset_id": dataset_id})


def form_body(view: DatasetView, values: Mapping[str, Any], like: str | None) -> list[Component]:
    """`values` hold the options of OWN and OPTIONS; `like` is the name of the run whose held-out rows these are."""
    title = head(
        f"Evaluate a score in {view.name}",
        [f"{theme.count(view.n_rows)} rows", "nothing is fitted: the score is judged as it is"],
    )
    found = likely_scores(view, None)
    if not found:
        nothing = empty(
            "123",
            "No column of numbers",
            "A score is a column of numbers. If one is read as text, change its kind on the Intake tab.",
            link_button("To the columns", f"/data/{view.id}/columns", kind="primary"),
        )
        return [*title, nothing]
    parts = [_score_card(view, values), _outcome_card(view, values), _split_card(view, values, like)]
    return [
        *title,
        html.Div(
            [html.Div(parts, className="sd-8 sd-stack sd-train"), html.Div(_side(), className="sd-4 sd-train-side")],
            className="sd-grid",
            style={"alignItems": "start"},
        ),
    ]


def _score_card(view: DatasetView, values: Mapping[str, Any]) -> Component:
    offered = [
        {"label": f"{column.name}, {theme.number(column.minimum)} to {theme.number(column.maximum)}", "value": column.name}
        for column in likely_scores(view, None)
    ]
    column = dcc.Dropdown(
        id=control_id(FORM, "column"),
        options=offered,
        value=values.get("column"),
        clearable=False,
        placeholder="Choose the score",
    )
    cutoff = dcc.Input(
        id=control_id(FORM, "cutoff"), type="number", step="any", value=values.get("cutoff"), debounce=0.3, className="sd-input"
    )
    fields = [
        _field("column", "Column of the score", column, "A bureau's score, last year's model, a vendor's, a rating in numbers."),
        _choice(
            "higher_is",
            "A higher score means",
            values.get("higher_is"),
            _DIRECTIONS,
            "It is asked, and not guessed from the rows.",
            html.Div(id=ids.hint),
        ),
        _choice(
            "is_probability",
            "Is it a probability?",
            values.get("is_probability"),
            _CHANCE,
            "That of bad where a higher one means more risk, else that of good. Then its size is judged too, as by calibration; "
            "of another scale only the order is.",
        ),
        _field(
            "cutoff",
            "Cut-off to begin with",
            cutoff,
            "In the units of the score; rows with that score and worse ones are refused. Empty: as many rows are refused as "
            "went bad. It can be changed on the Threshold tab.",
        ),
    ]
    return card("The score", html.Div(fields, className="sd-score-grid"))


def _outcome_card(view: DatasetView, values: Mapping[str, Any]) -> Component:
    target = values.get("target")
    names = [column.name for column in view.columns if column.n_distinct is not None and 2 <= column.n_distinct <= 50]
    names += [target] if target and target not in names and view.column(target) is not None else []
    own = {
        "target": dcc.Dropdown(
            id=control_id(FORM, "target"), options=names, value=target, clearable=False, placeholder="Choose the outcome"
        ),
        "bad_label": dcc.Dropdown(
            id=control_id(FORM, "bad_label"),
            options=label_options(view, target),
            value=values.get("bad_label"),
            clearable=False,
            placeholder="Choose the label",
        ),
    }
    fields = [field(_option(name), FORM, values.get(name), control=control) for name, control in own.items()]
    return card("What came of the rows", html.Div(fields, className="sd-score-grid"))


def _split_card(view: DatasetView, values: Mapping[str, Any], like: str | None) -> Component:
    own = {
        "split_column": dcc.Dropdown(
            id=control_id(FORM, "split_column"),
            options=[column.name for column in view.columns],
            value=values.get("split_column"),
            placeholder="Choose a column",
        )
    }
    fields = [
        field(option, FORM, values.get(option.name, option.default), control=own.get(option.name))
        for option in OPTIONS
        if option.name not in {"target", "bad_label"}
    ]
    same = f"The same rows as of {like}, so that both can be compared on them. " if like else ""
    under = f"{same}On the held-out rows the score is judged; on all others a cut-off is chosen."
    return card("Rows held out", html.Div(fields, className="sd-form-grid"), under=under)


def _side() -> Component:
    name = html.Div(
        [
            html.Label("Name of the run", htmlFor=ids.name),
            dcc.Input(id=ids.name, type="text", value="", className="sd-input", maxLength=200),
            html.Div(id=ids.name_problem, className="sd-problem", role="alert"),
        ],
        className="sd-field",
    )
    start = html.Div(button("Evaluate", ids.start, kind="primary wide", icon_name="play-fill"), className="sd-bottom-bar")
    return html.Div([name, html.Div(id=ids.summary, className="sd-stack"), html.Div(id=ids.problem), start], className="sd-card")


def _option(name: str) -> Option:
    return next(option for option in OPTIONS if option.name == name)


def _field(name: str, label: str, control: Component, told: str) -> Component:
    return html.Div(
        [html.Label(label, htmlFor=control_id(FORM, name)), control, html.Div(told, className="sd-help"), _problem(name)],
        className="sd-field",
    )


def _choice(
    name: str, label: str, value: str | None, choices: Sequence[tuple[str, str]], told: str, beside: Component | None = None
) -> Component:
    """A question with no answer until one is given."""
    own_id = control_id(FORM, name)
    options = [{"value": value, "label": word} for value, word in choices]
    return html.Div(
        [
            html.Span(label, className="sd-label", id=f"{own_id}-label"),
            html.Div(
                dcc.RadioItems(id=own_id, options=options, value=value, className="sd-segments", inline=True),
                role="group",
                **{"aria-labelledby": f"{own_id}-label"},
            ),
            *([beside] if beside is not None else []),
            html.Div(told, className="sd-help"),
            _problem(name),
        ],
        className="sd-field",
    )


def _problem(name: str) -> Component:
    return html.Div(id=f"{FORM}-{name}-problem", className="sd-problem", role="alert")


def hint(found: ScoreHint | None) -> Children:
    """What the rows say of the direction, for whoever is asked it."""
    if found is None:
        return None
    text = f"Its median is {theme.number(found.median_bad)} in bad rows and {theme.number(found.median_good)} in good ones."
    return html.P(text, className="sd-meta")


def placeholder(column: Any) -> str:
    return default_name(column) if isinstance(column, str) and column else ""


def summary(planned: ScorePlan) -> list[Component]:
    """What pressing Evaluate would do, in numbers."""
    about = "" if planned.exact else "about "
    held = f"{about}{theme.count(planned.n_test)}" if planned.n_test else "none"
    pairs: list[tuple[str, Children]] = [
        ("Rows to choose a cut-off on", f"{about}{theme.count(planned.n_validation)}"),
        ("Held out", held),
    ]
    if planned.n_without:
        pairs.append(("Without outcome or score, not used", theme.count(planned.n_without)))
    parts: list[Component] = [facts(*pairs)]
    if not planned.n_test:
        said = "A cut-off will be chosen on the rows that it is judged on, and that flatters."
        parts.append(notice("caution", "Nothing is held out", said))
    return parts


def unanswered(names: Sequence[str]) -> Component:
    """What is still to be said, in one line; nothing is wrong yet."""
    words = [QUESTIONS[name] for name in names]
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return notice("info", "Still to be said", f"{listed[:1].upper()}{listed[1:]}.")
