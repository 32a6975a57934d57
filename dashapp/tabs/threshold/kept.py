"""Who saved the run's cut-off, and what is to be known of the rows that it is chosen and reported on."""

from datetime import UTC, datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.threshold.layout import ids
from dashapp.tabs.threshold.payload import cutoff_words
from dashapp.usecases.cutoffs import BY_HAND, Tables
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import button, notice
from dashapp.widgets.parts import first_cutoff, rows_of

_FEW = 20  # bads, below which a rule finds what chance says


def cautions(view: RunView, tables: Tables) -> list[Component]:
    """Too few bads to choose on, and figures that flatter."""
    return [*_few(view, tables), *_flatters(view, tables)]


def _few(view: RunView, tables: Tables) -> list[Component]:
    n_bad, n_good = tables.chosen.bad_at_or_above[0], tables.chosen.good_at_or_above[0]
    few, what = min((n_bad, "bad"), (n_good, "good"))
    if few >= _FEW:
        return []
    rows = f"{theme.count(n_bad + n_good)} {rows_of(tables.chosen_on, view.spec)}"
    words = "A cut-off that is found on so few says little of others: read the intervals, and choose by what a decision is worth."
    return [notice("caution", f"Only {few} of the {rows} that the rules choose on {'is' if few == 1 else 'are'} {what}", words)]


def _flatters(view: RunView, tables: Tables) -> list[Component]:
    """Of rows that the model learnt from, or of those that the cut-off is chosen on."""
    judged, again = rows_of(tables.judged_on, view.spec), "Evaluate" if view.origin.kind == "score" else "Train"
    if tables.judged_on == "training":
        title = "The figures are of the training rows, and flatter"
        words = "Nothing is held out, so what a cut-off does is told of rows that the model learnt from. New loans will do "
        return [notice("caution", title, f"{words}worse. {again} it with a held-out share: then other rows tell.")]
    if not tables.flatters:
        return []
    title = f"A cut-off that is found here is chosen on the {judged}, and flatters itself on them"
    why, fix = "neither validation nor cross-validated rows", "folds or a validation part"
    if tables.judged_on == "validation":
        why, fix = "no held-out rows", "a held-out share"
        if _taught(view):
            why += ", and the validation rows taught its recalibration too"
    words = (
        f"This run has {why}, so the rules choose on the {judged} that they are reported on. New loans will do a little worse "
        f"than is shown. {again} it with {fix}: then they choose on other rows."
    )
    return [notice("caution", title, words)]


def chosen_on_words(view: RunView, tables: Tables) -> str:
    """Which rows the rules choose on, and which rows the figures are of."""
    chosen, judged = (rows_of(part, view.spec) for part in (tables.chosen_on, tables.judged_on))
    if tables.flatters:
        return f"The rules choose on the {judged} that the figures are of, which flatters them."
    taught = ", which taught the recalibration too" if tables.chosen_on == "validation" and _taught(view) else ""
    return f"The rules choose on the {chosen}{taught}; the figures are of the {judged}."


def _taught(view: RunView) -> bool:
    return view.result is not None and view.result.recalibration is not None


def saved(view: RunView, tables: Tables) -> Component:
    """Who chose the cut-off that every page uses, when and how, and the way back."""
    choice, at = view.cutoff_choice or {}, cutoff_words(view.cutoff, view, tables)
    before = choice.get("before")
    words: list[Any] = [html.Strong(at)]
    if view.cutoff_by is None:
        words.append(f" is {first_cutoff(view.origin)}; nobody has chosen another.")
    else:
        who = "you" if view.mine else view.cutoff_by
        words.append(f" saved by {who}, {theme.when(view.cutoff_at, datetime.now(UTC))}: {_how(view, choice)}")
    parts: list[Component] = [html.P(words, className="sd-thr-saved")]
    if choice.get("flatters"):
        part = rows_of(str(choice.get("part")), view.spec)
        parts.append(html.P(f"Chosen on the {part} that it is reported on, so its figures flatter it.", className="sd-thr-warn"))
    if not view.mine:
        parts.append(html.P(f"Only the owner, {view.owner}, can save another. A link keeps what you see.", className="sd-help"))
    elif isinstance(before, dict):
        parts.append(
            button(
                f"Undo, back to {cutoff_words(before['cutoff'], view, tables)}",
                ids.undo,
                icon_name="arrow-counterclockwise",
                kind="link",
            )
        )
    return html.Div(parts, className="sd-thr-kept")


def _how(view: RunView, choice: dict[str, Any]) -> str:
    rule = choice.get("rule")
    if rule is None:
        return f"back to {first_cutoff(view.origin)}."
    if rule == BY_HAND:
        return "chosen by hand."
    label = str(choice.get("label"))
    return f"{label[:1].lower()}{label[1:]} on the {rows_of(str(choice.get('part')), view.spec)}."
