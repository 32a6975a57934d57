"""What a decision is worth and what a cut-off shall reach: the card, what its fields say, and what the address says of them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.threshold.layout import TARGETS, WORTH, ids
from dashapp.usecases.errors import InvalidSpec
from dashapp.widgets.basics import Children, card
from pipeline.cutoffs.worth import Targets, Worth

_LONGEST = 4_000
_MONEY = ("gain", "loss", "ead", "missed_bad", "false_alarm")
_SHARE_WORDS = {
    "approval_rate": "Approval rate",
    "bad_rate": "Bad among approved, at most",
    "recall": "Bads caught, at least",
    "precision": "Bad among refused, at least",
}


def worth_card(worth: Worth, targets: Targets, columns: Sequence[str], *, why_no_amounts: str = "") -> Component:
    """`columns` may hold the amount; `why_no_amounts` stands in their place where there are none to choose."""
    per = "share" if worth.amount else worth.currency
    amounts = [{"label": "the same for everybody", "value": ""}, *({"label": name, "value": name} for name in columns)]
    rows: list[Component] = [
        _pair(
            _number("gain", "Gain on a good", worth.gain, per),
            _number("loss", "Loss on a bad", worth.loss, per, disabled=worth.lgd is not None),
        ),
        html.P(id=ids.worth_help, className="sd-help"),
        _pair(_choice("amount", "Amount", worth.amount or "", amounts), _text("currency", "Currency", worth.currency)),
    ]
    if why_no_amounts:
        rows.append(html.P(why_no_amounts, className="sd-help"))
    rows += [
        _more("Loss as LGD · EAD", _exposure(worth, per), opened=worth.lgd is not None),
        _more(
            "Costs of the errors, where they differ",
            [
                _pair(
                    _number("missed_bad", "A missed bad", worth.missed_bad, per),
                    _number("false_alarm", "A refused good", worth.false_alarm, per),
                ),
                html.P("Left empty they are the loss, and the gain that a refusal gives away.", className="sd-help"),
            ],
            opened=worth.missed_bad is not None or worth.false_alarm is not None,
        ),
        _more("What a rule shall reach", _targets(targets), opened=False),
    ]  # fmt: skip
    built = card("What a decision is worth", rows)
    built.id = ids.worth
    return built


def _exposure(worth: Worth, per: str) -> list[Component]:
    about = "A share of the exposure, and the exposure: money, or a share of the amount. Their product is the loss."
    lgd = _number("lgd", "Loss given default", worth.lgd, "0 to 1")
    return [_pair(lgd, _number("ead", "Exposure at default", worth.ead, per)), html.P(about, className="sd-help")]


def _targets(targets: Targets) -> list[Component]:
    fields = [_number(name, _SHARE_WORDS[name], float(f"{getattr(targets, name) * 100:.6g}"), "%") for name in TARGETS]
    return [_pair(*fields[:2]), _pair(*fields[2:])]


def _pair(*fields: Component) -> Component:
    return html.Div(fields, className="sd-thr-pair")


def _more(title: str, inside: Children, *, opened: bool) -> Component:
    return html.Details([html.Summary(title), html.Div(inside, className="sd-thr-more")], className="sd-more", open=opened)


def _field(name: str, label: str, control: Component, unit: str | None = None) -> Component:
    """`unit` stands inside the control; that of money follows what is chosen (assets/49-threshold.js)."""
    of_money = {"data-thr-unit": ""} if name in _MONEY else {}
    parts = [control] if unit is None else [control, html.Span(unit, className="sd-thr-in", **of_money)]
    return html.Div(
        [
            html.Label(label, htmlFor=getattr(ids, name), className="sd-label"),
            html.Div(parts, className="sd-thr-control"),
            html.Div(id=getattr(ids, f"{name}_problem"), className="sd-problem", role="alert"),
        ],
        className="sd-field",
    )


def _number(name: str, label: str, value: float | None, unit: str, *, disabled: bool = False) -> Component:
    control = dcc.Input(
        id=getattr(ids, name), type="number", value=value, step="any", debounce=0.5, disabled=disabled, className="sd-input"
    )
    return _field(name, label, control, unit)


def _text(name: str, label: str, value: str) -> Component:
    control = dcc.Input(
        id=getattr(ids, name), type="text", value=value, debounce=0.5, maxLength=8, className="sd-input", placeholder="$"
    )
    return _field(name, label, control)


def _choice(name: str, label: str, value: str, options: list[dict[str, str]]) -> Component:
    return _field(name, label, dcc.Dropdown(id=getattr(ids, name), options=options, value=value, clearable=False))


def worth_words(worth: Worth, *, probability: bool) -> str:
    """What the numbers say: `One bad eats the gain of 4.3 goods. Approving pays below a chance of 18.9%.`"""
    each = f" of the same {worth.amount}" if worth.amount else ""
    words = "Assumed until you say it. " if worth == Worth() else ""
    words += "A refusal costs nothing here. " if worth.false_alarm is None and worth.missed_bad is None else ""
    if worth.gain > 0:
        words += f"One bad eats the gain of {theme.number(float(f'{worth.loss / worth.gain:.3g}'))} goods{each}."
    else:
        words += "Nothing is gained on a good, so refusing everybody costs nothing."
    return f"{words} Approving pays below a chance of {theme.share(worth.break_even)}." if probability else words


def given_of(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values of the fields as `Worth.parse` and `Targets.parse` take them; shares stand as per cent in the fields."""
    worth = {name: values.get(name) for name in WORTH}
    if _said(worth["lgd"]) and _said(worth["ead"]):
        worth["loss"] = None  # it is their product, whatever the field still says
    targets = {name: _share(values.get(name)) for name in TARGETS}
    return worth, targets


def _said(value: Any) -> bool:
    return value is not None and value != ""


def _share(value: Any) -> Any:
    return (
        float(f"{value / 100:.9g}")
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
        else value
    )


def addressed(search: Any, worth: Worth, targets: Targets) -> tuple[Worth, Targets]:
    """What the address says on top of the run's own; what makes no sense in it counts as not said."""
    text = search[:_LONGEST].lstrip("?") if isinstance(search, str) else ""
    named = {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
    own = worth.to_json()
    changed = {name: named[name] for name in WORTH if name in named}
    if "loss" in changed:
        own |= {"lgd": None, "ead": None}
    if "lgd" in changed or "ead" in changed:
        own["loss"] = None
    with suppress(InvalidSpec):
        worth = Worth.parse({**own, **changed})
    with suppress(InvalidSpec):
        targets = Targets.parse({name: named[name] for name in TARGETS if name in named}, targets)
    return worth, targets


def address_of(worth: Worth, targets: Targets, own: Worth, own_targets: Targets) -> dict[str, str]:
    """What a link has to say, so that it opens with this worth and these targets."""
    found = {}
    names = [name for name in WORTH if name != "loss" or worth.lgd is None]  # it is the product of two others
    for new, old, asked in ((worth.to_json(), own.to_json(), names), (targets.to_json(), own_targets.to_json(), TARGETS)):
        for name in asked:
            value = new[name]
            if value != old[name]:
                found[name] = "" if value is None else f"{value:.9g}" if isinstance(value, float) else str(value)
    return found
