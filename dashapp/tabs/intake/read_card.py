"""How the file was read: the finding, the marks that can be changed, the repairs that can be switched off."""

from collections.abc import Mapping, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.intake import marks
from dashapp.tabs.intake.actions import Tried
from dashapp.tabs.intake.acts import act
from dashapp.tabs.intake.controls import menu, reset_link
from dashapp.tabs.intake.page_head import at_work
from dashapp.usecases.intake import UploadView
from dashapp.widgets.basics import Children, button, card_head, icon, notice
from dashapp.widgets.jobs import job_progress
from pipeline.reading.findings import Repair
from pipeline.reading.recipe import Recipe

_SHOWN = {
    "text": ("delimiter", "encoding", "decimal", "header", "missing", "thousands", "quote", "dates"),
    "xlsx": ("sheet", "header", "missing", "decimal", "thousands", "dates"),
    "parquet": ("missing",),
}
_MORE = {"text": ("escape", "skipped_lines", "footer_lines"), "xlsx": ("skipped_lines", "footer_lines")}
_MARKS_SHOWN = 3
_FIELDS = {"header": ("header", "skipped_lines")}


def title(view: UploadView) -> str:
    """The finding, built from the numbers."""
    if at_work(view):
        return "Saving the data set" if at_work(view) == "save" else "Reading all rows"
    if view.error is not None:
        return "It cannot be read this way"
    if view.findings is None:
        return "Not all rows have been looked at"
    rows, columns = theme.plural(view.findings.n_rows, "row"), theme.plural(len(view.findings.columns), "column")
    mended = sum(repair.n_lines for repair in view.findings.repairs if repair.kind == "ragged")
    end = f"{theme.plural(mended, 'row')} mended, none refused" if mended else "no row was refused"
    return f"Read as {rows} and {columns}; {end}"


def found(view: UploadView) -> list[Component]:
    """The head of the card: the finding, a job at work, or what is the matter."""
    reset = act(button("Reset all", kind="link", icon_name="arrow-counterclockwise"), "reset", value="all")
    parts: list[Component] = [card_head(title(view), _under(view), [reset] if view.recipe != view.detected else [])]
    if view.job is not None and view.job.active:
        parts.append(job_progress(view.job, {"cancel-job": view.job.id}))
    elif view.error is not None:
        message, fix = view.error
        again = _button("Try again", "again") if view.job is not None else None
        parts.append(notice("danger", message, f"{fix} Nothing is lost: change what is wrong below.".strip(), again))
    else:
        parts += _undone(view)
    return parts


def _undone(view: UploadView) -> list[Component]:
    """The look or the save that did not come to its end, and a way to try again."""
    why = view.job.error if view.job is not None else None
    if view.job is not None and view.job.kind == "save" and view.job.state == "failed":
        return [notice("danger", "The data set was not saved", why, _button("Save it again", "save"))]
    if view.state != "received" and view.findings is not None:
        return []
    words = "The look at all rows failed" if why else "The look at all rows was ended"
    again = _button("Look at all rows", "again")
    return [notice("danger" if why else "caution", words, why or "Before saving, every row is read once.", again)]


def _button(words: str, what: str) -> Component:
    return act(button(words, icon_name="arrow-repeat"), what, value="yes")


def settings(view: UploadView, tried: Tried) -> list[Component]:
    """What can be changed about how it is read. `tried` is what could not be done just now."""
    parts: list[Component] = [_controls(_SHOWN[view.recipe.container], view, tried)]
    more = _MORE.get(view.recipe.container, ())
    if more:
        changed = marks.changed(view.recipe, view.detected, more) or tried.at in more
        words = html.Summary("Quotes within quotes, lines above and below" if "escape" in more else "Lines above and below")
        rest = [words, _controls(more, view, tried)]
        parts.append(html.Details(rest, id="intake-more", className="sd-more sd-settings-more", open=changed))
    return parts


def _controls(fields: Sequence[str], view: UploadView, tried: Tried) -> Component:
    return html.Div([_control(field, view, tried) for field in fields], className="sd-settings")


def _under(view: UploadView) -> Children:
    facts = f"{view.filename}, {theme.size(view.n_bytes)}, uploaded {theme.when(view.created_at)}"
    return (
        f"{facts.removesuffix('now')}just now."
        if facts.endswith("now")
        else f"{facts}. Change a mark and the preview below follows."
    )


def _control(field: str, view: UploadView, tried: Tried) -> Component:
    recipe, found = view.recipe, view.detected
    of = _FIELDS.get(field, (field,))
    differs = marks.changed(recipe, found, of)
    sheets = view.choices.sheets if recipe.sheet in view.choices.sheets else (recipe.sheet, *view.choices.sheets)
    label, control, control_id = _built(field, recipe, found, tried, sheets)
    head: list[Component] = [html.Label(label, htmlFor=control_id) if control_id else html.Span(label, className="sd-label")]
    if differs and field != "sheet":
        head.append(reset_link(field, label, inherited=view.choices.replaces is not None))
    return html.Div(
        [
            html.Div(head, className="sd-setting-head"),
            control,
            html.Div(tried.told_at(field), className="sd-problem", role="alert"),
        ],
        className="sd-field sd-setting",
    )


def _built(field: str, recipe: Recipe, found: Recipe, tried: Tried, sheets: Sequence[str]) -> tuple[str, Component, str]:
    """(label, control, the control's id for the label) of one field."""
    name = f"intake-mark-{field}"
    match field:
        case "header":
            options = marks.header_choices(recipe)
            return "Header", act(menu(name, options, marks.header_value(recipe)), "header"), name
        case "missing":
            return "Missing marks", _missing(recipe.missing), ""
        case "sheet":
            options = [{"value": sheet, "label": sheet or "the first sheet"} for sheet in sheets]
            return "Sheet", act(menu(name, options, recipe.sheet), "sheet"), name
        case "skipped_lines" | "footer_lines":
            value = tried.value if tried.at == field else getattr(recipe, field)
            label = "Lines above the table" if field == "skipped_lines" else "Lines below the table"
            number = dcc.Input(id=name, type="number", value=value, step=1, className="sd-input")
            return label, act(number, "recipe", field), name
    mark, value = marks.MENUS[field], getattr(recipe, field)
    chip = marks.sign(value) if mark.chip else ""
    options = marks.choices(mark, value, getattr(found, field))
    return mark.label, act(menu(name, options, marks.menu_value(mark, value), chip=chip), "recipe", field), name


def _missing(values: Sequence[str]) -> Component:
    """A menu of chips: each can be taken away, others can be added."""
    shown = [html.Kbd(marks.word(value)) for value in values[:_MARKS_SHOWN]]
    more = [html.Span(f"+{len(values) - _MARKS_SHOWN}", className="sd-meta")] if len(values) > _MARKS_SHOWN else []
    chips = [
        html.Span(
            [
                html.Code(marks.word(value)),
                act(
                    html.Button(icon("x"), type="button", className="sd-chip-x", **{"aria-label": f"Remove {marks.word(value)}"}),
                    "missing-remove",
                    value,
                    "yes",
                ),
            ],
            className="sd-chip",
        )
        for value in values
    ]
    add = html.Div(
        [
            html.Label("Add a mark", htmlFor="intake-add-missing", className="sd-meta"),
            html.Div(
                [
                    act(dcc.Input(id="intake-add-missing", type="text", value="", maxLength=100), "missing-add"),
                    button("Add"),
                ],
                className="sd-copy",
            ),
        ]
    )
    blank = [] if "" in values else [act(button("Blank cells too", kind="link"), "missing-blank", value="yes")]
    return html.Details(
        [
            html.Summary(
                [*shown, *more] or "none",
                className="sd-select-like",
                **{"aria-label": f"Missing marks: {', '.join(map(marks.word, values)) or 'none'}"},
            ),
            html.Div(
                [
                    html.P("A cell that holds one of these, and nothing else, is missing.", className="sd-meta"),
                    html.Div(chips, className="sd-chips"),
                    *blank,
                    add,
                ],
                className="sd-float sd-missing-menu",
            ),
        ],
        id="intake-missing",
        className="sd-menu sd-marks-menu",
    )


def repairs(view: UploadView) -> Component:
    done = view.findings.repairs if view.findings is not None else ()
    rows = [_repair(repair, index, on=True) for index, repair in enumerate(done)]
    rows += [_repair(repair, index, on=False) for index, repair in enumerate(view.repairs_off)]
    note = "the file itself is never changed; a repair can be switched off"
    head = html.Div([html.H3("Repairs"), html.Span(note, className="sd-meta sd-end")], className="sd-row sd-repairs-head")
    if not rows:
        known = view.findings is not None
        nothing = (
            "None was needed: the table stands in the file as it is read." if known else "They are told once all rows were read."
        )
        return html.Div([head, html.P(nothing, className="sd-meta sd-repairs-none")], className="sd-repairs")
    return html.Div([head, html.Ul(rows)], className="sd-repairs")


def _repair(repair: Repair, index: int, *, on: bool) -> Component:
    switch: Component = html.Span(icon("check2"), className="sd-switch-none", title="Part of reading; it cannot be switched off")
    if repair.undo:
        toggle = html.Button(
            type="button",
            role="switch",
            className="sd-switch",
            **{"aria-checked": "true" if on else "false", "aria-label": repair.title},
        )
        switch = act(toggle, "repair-off" if on else "repair-on", str(index), repair.title)
    said = html.Span([html.Strong(repair.title), f" {repair.detail}" if repair.detail else "", "" if on else " · switched off"])
    shown = _lines(repair)
    told: Component = html.Div(said)
    if shown is not None:
        summary = html.Summary([said, html.Span("Show", className="sd-show")])
        name = f"intake-repair-{'on' if on else 'off'}-{index}"
        told = html.Details([summary, shown, html.Div(id=lines_id(name))], id=name, **{"data-repair": repair.title})
    return html.Li([switch, told], className="" if on else "off")


def _lines(repair: Repair) -> Component | None:
    """Where in the file the repair was made."""
    if not repair.lines:
        return None
    more = repair.n_lines - len(repair.lines)
    numbers = ", ".join(theme.count(line) for line in repair.lines)
    end = f" and {theme.count(more)} more" if more > 0 else ""
    return html.P(f"{'Line' if repair.n_lines == 1 else 'Lines'} {numbers}{end} of the file.", className="sd-meta")


def lines_id(name: str) -> str:
    """The id of the place for the lines of the repair of this id, which assets/31-intake.js asks for once it is unfolded."""
    return f"{name}-lines"


def lines(texts: Mapping[int, str]) -> Component | None:
    """Lines of the file as they stand there."""
    if not texts:
        return None
    rows = [html.Li([html.Span(theme.count(number), className="sd-meta"), html.Code(text)]) for number, text in texts.items()]
    return html.Ul(rows, className="sd-file-lines", tabIndex=0, **{"aria-label": "The lines as they stand in the file"})
