"""One column up close: what it holds, what does not convert, and its special codes."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.intake.acts import act
from dashapp.tabs.intake.columns import Seen
from dashapp.tabs.intake.controls import menu
from dashapp.widgets.basics import Children, button, facts, icon_button, notice

_MEANS = [{"value": "level", "label": "own level"}, {"value": "missing", "label": "missing"}]
_SHOWN = 8


def body(column: Seen, problem: str = "") -> list[Component]:
    parts: list[Component] = []
    summary = column.summary
    if summary is None:
        parts.append(html.P("All rows are still being read; what the column holds is told then.", className="sd-meta"))
    else:
        pairs: list[tuple[str, Children]] = [
            ("Missing", f"{theme.count(summary.n_missing)} of {theme.plural(summary.n_rows, 'row')}"),
            ("Different values", theme.count(summary.n_distinct) if summary.n_distinct is not None else "very many"),
        ]
        if summary.minimum is not None:
            pairs.append(("From", f"{theme.number(summary.minimum)} to {theme.number(summary.maximum)}"))
        if summary.levels:
            pairs.append(
                ("Most frequent", ", ".join(f"{text[:32]} ({theme.count(rows)})" for text, rows in summary.levels[:_SHOWN]))
            )
        parts.append(facts(*pairs))
        parts += _converts(column)
    if column.reason:
        parts.append(notice("info", "Why its role was suggested", column.reason))
    return [html.Div([*parts, _codes(column, problem)], className="sd-stack")]


def _converts(column: Seen) -> list[Component]:
    summary = column.summary
    if summary is None:
        return []
    if summary.n_unread:
        share = theme.share(summary.n_unread / summary.n_rows)
        title = f"{theme.count(summary.n_unread)} of {theme.plural(summary.n_rows, 'row')} ({share}) would not convert"
        return [notice("caution", title, ["They count as missing: ", *_examples(summary.unread)])]
    if summary.nearly and summary.n_against:
        title = f"It would be a {summary.nearly} but for {theme.plural(summary.n_against, 'cell')}"
        return [notice("caution", title, ["Add them to the missing marks or choose the type: ", *_examples(summary.against)])]
    return []


def _examples(texts: tuple[str, ...]) -> list[Children]:
    return [part for text in texts for part in (html.Code(text[:60]), " ")]


def _codes(column: Seen, problem: str) -> Component:
    rows = [
        html.Li(
            [
                html.Kbd(code),
                html.Label(f"What {code} means", htmlFor=f"intake-code-{index}", className="sd-hidden"),
                act(menu(f"intake-code-{index}", _MEANS, means), "code-set", f"{column.name}\n{code}"),
                act(icon_button(f"Remove {code}", "x-lg"), "code-remove", f"{column.name}\n{code}", "yes"),
            ]
        )
        for index, (code, means) in enumerate(column.codes)
    ]
    adding = html.Div(
        [
            html.Label("Add a code", htmlFor="intake-code-new"),
            html.Div(
                [
                    act(
                        dcc.Input(id="intake-code-new", type="text", value="", maxLength=100, placeholder="−9"),
                        "code-add",
                        f"{column.name}\n",
                    ),
                    button("Add"),
                ],
                className="sd-copy",
            ),
            html.Div(problem, className="sd-problem", role="alert"),
        ],
        className="sd-field",
    )
    help_text = (
        "Values that are no measurement, such as −9 for “not asked”. As its own level a code keeps its meaning beside the "
        "numbers; as missing it counts with the gaps."
    )
    parts = [html.H3("Special codes"), html.P(help_text, className="sd-meta"), html.Ul(rows, className="sd-codes")]
    return html.Section([*parts, *_suspected(column), adding], className="sd-stack")


def _suspected(column: Seen) -> list[Component]:
    """Values that stand apart from all others, each a press away from being a code."""
    known = {code for code, _ in column.codes}
    found = [
        act(button(f"{code}, {theme.plural(rows, 'row')}", icon_name="plus"), "code-add", f"{column.name}\n", code)
        for code, rows in column.suspected
        if code not in known
    ]
    return (
        [html.Div([html.Span("Apart from all other values:", className="sd-meta"), *found], className="sd-row")] if found else []
    )
