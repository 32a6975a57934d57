"""Where a run stands on its way, what there is to judge, and the step that the reader may take."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.approval.checks import Check, checks
from dashapp.tabs.approval.layout import ids
from dashapp.usecases.approvals import LONGEST_NOTE, Step
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, button, card, empty, icon, link_button, notice

_DONE = {
    "proposed": "Proposed",
    "withdrew": "Taken back to draft",
    "approved": "Approved",
    "returned": "Sent back to draft",
    "retired": "Retired",
}
_SIGNS = {"proposed": "circle-half", "withdrew": "arrow-counterclockwise", "approved": "check-lg", "returned": "reply"}
_WAY = (("draft", "Draft"), ("proposed", "Proposed"), ("approved", "Approved"), ("retired", "Retired"))


def body(view: RunView, steps: Sequence[Step], people: Sequence[tuple[str, str]]) -> Component:
    """`people` can be asked to approve it: (name, display name)."""
    if view.result is None:
        return empty(
            "hourglass",
            "There is nothing to approve yet",
            "A run is proposed once it has ended well.",
            link_button("Overview", f"/runs/{view.id}"),
        )
    return html.Div(
        [
            dcc.Store(id=ids.seen, data=view.stage_at.isoformat() if view.stage_at is not None else None),
            html.Div([_way(view), _judged(view)], className="sd-7 sd-stack", style={"gap": "16px"}),
            html.Div([_action(view, steps, people), _history(steps)], className="sd-5 sd-stack", style={"gap": "16px"}),
        ],
        className="sd-grid sd-approval",
        style={"alignItems": "start"},
    )


def _way(view: RunView) -> Component:
    at = [stage for stage, _ in _WAY].index(view.stage)
    marks = [
        html.Li(
            [html.Span(className="dot"), html.Span(word)],
            className="here" if place == at else "past" if place < at else "",
            **({"aria-current": "step"} if place == at else {}),
        )
        for place, (_, word) in enumerate(_WAY)
    ]
    return card(_stands(view), html.Ol(marks, className="sd-approval-way"), under=_means(view))


def _stands(view: RunView) -> str:
    """The finding of the card: where it stands, and by whom."""
    if view.stage == "proposed":
        return "You are asked to approve this run" if view.is_reviewer else f"Waiting for {view.reviewer}"
    if view.stage == "approved":
        return f"Approved by {view.stage_by}, {theme.when(view.stage_at)}" if view.stage_at else f"Approved by {view.stage_by}"
    if view.stage == "retired":
        return "Retired: it takes no new applicants"
    return "A draft: only for analysts so far"


def _means(view: RunView) -> str:
    if view.stage == "approved":
        return "Loan officers it is shared with decide with it at the applicant desk. Its cut-off and wording stay as they are."
    if view.stage == "retired":
        return "What was decided with it can still be read."
    return "Loan officers see a run only once a second person has approved it, and it is shared with them."


def _judged(view: RunView) -> Component:
    rows = [_check(one) for one in checks(view)]
    return card("What there is to judge", html.Ul(rows, className="sd-approval-checks"), under="Each line leads to its tab.")


def _check(one: Check) -> Component:
    sign = icon("check-circle" if one.good else "exclamation-triangle")
    words = html.Div([html.Strong(one.title), html.Div(one.detail, className="sd-meta")])
    link = dcc.Link("Look", href=one.href, className="sd-button link", title=f"Look at it: {one.title}")
    return html.Li([sign, words, html.Span(link, className="sd-end")], className="" if one.good else "caution")


def _action(view: RunView, steps: Sequence[Step], people: Sequence[tuple[str, str]]) -> Component:
    if view.stage == "proposed" and view.is_reviewer:
        return _card(
            "Your judgement",
            "You may open every tab. Approving says that the figures were looked at and that officers may decide with it.",
            [button("Approve", {"approval": "approve"}, icon_name="check-lg", kind="primary"),
             button("Send back", {"approval": "return"}, icon_name="reply")],
            "Needed to send it back; kept with the approval.",
        )  # fmt: skip
    if not view.mine:
        return card("Its next step", html.P(f"Only {view.owner}, whose run it is, takes the next step.", className="sd-meta"))
    if view.stage == "draft":
        return _propose(people, was_approved=any(step.action == "approved" for step in steps))
    if view.stage == "proposed":
        take = button("Take it back to draft", {"approval": "withdraw"}, icon_name="arrow-counterclockwise")
        if view.reviewer not in {shown for _, shown in people}:
            return _card("Ask somebody else", f"{view.reviewer} can approve nothing any more.", [take], "")
        return _card("Change something first?", f"{view.reviewer} can approve it until then.", [take], "")
    if view.stage == "approved":
        return _card(
            "Its next step",
            "Retired, it takes no new applicants. Back to draft, its cut-off and wording can be changed, and officers do not "
            "see it until it is approved again.",
            [button("Retire", {"approval": "retire"}, icon_name="dash-lg"),
             button("Take it back to draft", {"approval": "withdraw"}, icon_name="arrow-counterclockwise")],
            "",
        )  # fmt: skip
    return card("Its next step", html.P("None: train a new run in its place.", className="sd-meta"))


def _propose(people: Sequence[tuple[str, str]], *, was_approved: bool) -> Component:
    if not people:
        return card(
            "Propose it",
            notice("info", "Nobody else can approve", "An administrator can add an analyst: python -m dashapp users add."),
        )
    chooser = html.Div(
        [
            html.Label("Who approves it", htmlFor=ids.reviewer),
            dcc.Dropdown(
                id=ids.reviewer,
                options=[{"label": shown, "value": name} for name, shown in people],
                value=people[0][0] if len(people) == 1 else None,
                placeholder="A second person",
                clearable=False,
            ),
            html.Div("They may open the run from then on.", className="sd-help"),
        ],
        className="sd-field",
    )
    go = button("Propose", {"approval": "propose"}, icon_name="send", kind="primary")
    again = [button("Retire", {"approval": "retire"}, icon_name="dash-lg")] if was_approved else []
    under = "A second person looks at the figures before anybody decides with it."
    return _card("Propose it", under, [go, *again], "", chooser)


def _card(title: str, under: str, buttons: list[Component], note: str, *before: Component) -> Component:
    field = html.Div(
        [
            html.Label("Note", htmlFor=ids.note),
            dcc.Textarea(id=ids.note, maxLength=LONGEST_NOTE, style={"minHeight": "80px"}),
            html.Div(note or "Kept with the step.", className="sd-help"),
        ],
        className="sd-field",
    )
    parts: list[Component] = [*before, field, html.Div(id=ids.problem), html.Div(buttons, className="sd-row")]
    return card(title, html.Div(parts, className="sd-stack", style={"gap": "12px"}), under=under)


def _history(steps: Sequence[Step]) -> Component:
    if not steps:
        return card("What happened", html.P("Nothing yet.", className="sd-meta"))
    return card("What happened", html.Ol([_step(step) for step in reversed(steps)], className="sd-approval-steps"))


def _step(step: Step) -> Component:
    done: Children = _DONE[step.action] + (f" to {step.reviewer}" if step.reviewer else "")
    words: list[Component] = [html.Strong(done), html.Div(f"{step.by}, {theme.when(step.at)}", className="sd-meta")]
    if step.note:
        words.append(html.Div(step.note, className="sd-approval-note"))
    return html.Li([icon(_SIGNS.get(step.action, "dash-lg")), html.Div(words)])
