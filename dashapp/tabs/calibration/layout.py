"""The skeleton of the page, and the parts of it that a choice fills again."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.usecases.points import PointsAsked
from dashapp.widgets.page import skeleton

ids = Ids(
    "calibration",
    "key",
    "body",
    "shown",
    "part",
    "judged",
    "reliability",
    "score",
    "odds",
    "pdo",
    "width",
    "score_problem",
    "odds_problem",
    "pdo_problem",
    "width_problem",
    "points",
    "bands",
    "bands_figure",
    "method",
    "name",
    "recalibrate",
    "recalibrate_problem",
)
FIELDS = ("score", "odds", "pdo", "width")


def layout(run_id: str) -> Component:
    return skeleton(ids.key, ids.body, {"run_id": run_id}, dcc.Store(id=ids.shown))


def part_bar(parts: tuple[str, ...], words: dict[str, str], chosen: str) -> Component:
    """Which rows are judged; the address keeps it."""
    return html.Div(
        [
            html.Span("Judged on", className="sd-label", id=f"{ids.part}-label"),
            dcc.RadioItems(
                id=ids.part,
                options=[{"label": words[part], "value": part} for part in parts],
                value=chosen,
                className="sd-segments",
                persistence=False,
            ),
        ],
        className="sd-calibration-part",
        role="group",
        **{"aria-labelledby": f"{ids.part}-label"},
    )


def scaling_form(asked: PointsAsked) -> Component:
    """The fields of the points; a link keeps what stands in them."""
    values = asked.query()
    fields = (
        ("score", "Score", "points at the odds beside", "600"),
        ("odds", "Odds", "goods to one bad", "50"),
        ("pdo", "PDO", "points that double the odds", "20"),
        ("width", "Band", "points of a band; empty for what suits", "usual"),
    )
    return html.Div(
        [
            html.Div(
                [
                    html.Label(label, htmlFor=getattr(ids, name)),
                    dcc.Input(
                        id=getattr(ids, name),
                        type="text",
                        inputMode="decimal",
                        value=values.get(name, ""),
                        placeholder=usual,
                        debounce=True,
                        maxLength=20,
                        className="sd-input",
                    ),
                    html.Div(about, className="sd-help"),
                    html.Div(id=getattr(ids, f"{name}_problem"), className="sd-problem", role="alert"),
                ],
                className="sd-field",
            )
            for name, label, about, usual in fields
        ],
        className="sd-calibration-scaling",
    )
