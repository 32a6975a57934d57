"""Two tables side by side: the columns by how far they have shifted, and one of them drawn."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.profile.layout import comparison_ids as ids
from dashapp.tabs.profile.words import short
from dashapp.widgets.basics import Children, card, notice, strip
from dashapp.widgets.figures import figure_card
from dashapp.widgets.stability import LARGE, STABLE, verdict
from dashapp.widgets.tables import Column, table
from pipeline.figures.template import Look
from pipeline.profiling.results import Comparison, Shift

_MEANING = [
    html.P("Grey: shares of the reference's rows. Blue: shares of the other table's rows, in the same bands."),
    html.P("Population stability index: PSI = Σ (other − reference) · ln(other / reference) over the bands; 0 is no difference."),
    html.P("By convention below 0.10 is called stable, up to 0.25 a shift, above it a large shift."),
    html.P("It says that a column changed, not why, nor whether the model suffers from it."),
]


def by_size(result: Comparison) -> list[Shift]:
    """Largest shift first; what has no index last."""
    return sorted(result.shifts, key=lambda shift: -1.0 if shift.psi is None else shift.psi, reverse=True)


def measured(result: Comparison) -> list[Shift]:
    """The columns whose shift tells something, largest first: days go on by themselves."""
    return [shift for shift in by_size(result) if shift.psi is not None and shift.kind != "date"]


def chosen_shift(result: Comparison, wanted: str | None) -> Shift | None:
    """The column that the address names, or the one that shifted most."""
    named = next((shift for shift in result.shifts if shift.name == wanted), None)
    return named or next(iter([*measured(result), *by_size(result)]), None)


def comparison_body(result: Comparison, wanted: str | None, look: Look) -> list[Component]:
    chosen = chosen_shift(result, wanted)
    parts: list[Component] = [_strip(result)]
    if result.only_reference or result.only_other:
        parts.append(_one_sided(result))
    left = card(
        finding(result),
        html.Div(shifts_table(result, chosen), id=ids.table),
        under="Columns by population stability index (PSI): below 0.10 stable, to 0.25 a shift, above it a large shift.",
        flush=True,
    )
    right = html.Div(shift_panel(result, chosen, look), id=ids.panel, className="sd-stack sd-panel")
    return [*parts, html.Div([html.Div(left, className="sd-stack sd-profile-left"), right], className="sd-grid sd-profile")]


def _one_sided(result: Comparison) -> Component:
    """Columns that have no partner."""
    told = []
    for names, where in ((result.only_reference, result.reference_name), (result.only_other, result.other_name)):
        if names:
            more = f" and {len(names) - 20} more" if len(names) > 20 else ""
            told.append(html.Div(f"Only in {where}: {', '.join(names[:20])}{more}."))
    n = len(result.only_reference) + len(result.only_other)
    verb = "has no partner" if n == 1 else "have no partner"
    return notice("caution", f"{theme.plural(n, 'column')} {verb}", told)


def finding(result: Comparison) -> str:
    """Which columns have shifted."""
    large = [short(shift.name) for shift in measured(result) if (shift.psi or 0.0) > LARGE]
    some = [short(shift.name) for shift in measured(result) if STABLE <= (shift.psi or 0.0) <= LARGE]
    if large:
        return f"{_named(large)} shifted by much{f'; {_named(some)} by less' if some else ''}"
    return f"{_named(some)} shifted; no column by much" if some else "No column has shifted"


def _named(names: Sequence[str]) -> str:
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]} and {theme.plural(len(names) - 1, 'other column')}"


def _strip(result: Comparison) -> Component:
    known = measured(result)
    moved = sum((shift.psi or 0.0) >= STABLE for shift in known)
    difference = ""
    if result.bad_rate_reference is not None and result.bad_rate_other is not None:
        points = (result.bad_rate_other - result.bad_rate_reference) * 100
        difference = f"{points:+.1f} points".replace("-", theme.MINUS)
    return strip(
        ("Reference rows", theme.count(result.n_reference), result.reference_name),
        ("Other rows", theme.count(result.n_other), result.other_name),
        ("Bad rate, reference", theme.share(result.bad_rate_reference), result.reference_name),
        ("Bad rate, other", theme.share(result.bad_rate_other), difference or result.other_name),
        ("Columns that shifted", theme.count(moved), f"of {theme.count(len(known))} compared, dates aside; PSI of 0.10 and more"),
    )


def shifts_table(result: Comparison, chosen: Shift | None) -> Component:
    largest = max((shift.psi or 0.0 for shift in measured(result)), default=0.0)
    heads = [Column("Column"), Column("PSI", numeric=True), Column("Meaning")]
    places = {shift.name: i for i, shift in enumerate(result.shifts)}
    rows = [
        [_pick(shift, places[shift.name], shift is chosen), _psi(shift, largest), _meaning(shift)] for shift in by_size(result)
    ]
    built = table(heads, rows, label="Columns by shift")
    for row, shift in zip(built.children.children[2].children, by_size(result), strict=True):
        row.className = "chosen" if shift is chosen else ""
    built.children.className = "sd-table sd-columns"
    return built


def _pick(shift: Shift, place: int, chosen: bool) -> Children:
    press = html.Button(
        shift.name,
        id={"shift-pick": place},
        className="sd-pick",
        type="button",
        n_clicks=0,
        title=shift.name,
        **{"aria-pressed": "true" if chosen else "false"},
    )
    return [press, html.Span(shift.kind, className="sd-pick-kind")]


def _psi(shift: Shift, largest: float) -> Children:
    if shift.psi is None:
        return theme.NOTHING
    width = min(shift.psi / largest, 1.0) * 46 if largest > 0 else 0
    weak = " weak" if shift.psi < STABLE else ""
    line = html.Span(style={"width": f"{max(width, 2):.0f}px"}, className=f"sd-iv{weak}", **{"aria-hidden": "true"})
    return html.Span([html.Span(line, className="sd-iv-rail"), html.Span(f"{shift.psi:.3f}", className="strong")])


def _meaning(shift: Shift) -> Children:
    if shift.kind == "date" and shift.psi is not None and shift.psi >= STABLE:
        return html.Span("days go on", className="sd-flag info")
    tone = "caution" if shift.psi is not None and shift.psi >= STABLE else "info"
    return html.Span(shift.note or verdict(shift.psi), className=f"sd-flag {tone}")


def shift_panel(result: Comparison, shift: Shift | None, look: Look) -> list[Component]:
    if shift is None:
        return []
    if not shift.bands:
        return [
            card(
                shift.name,
                html.P(shift.note or "This column has no bands to compare.", className="sd-quiet"),
            )
        ]
    names = (result.reference_name, result.other_name)
    title, words = _told(result, shift)
    under = (
        f"{shift.name}: share of rows per band, {theme.count(result.n_reference)} rows of {names[0]} (grey) and "
        f"{theme.count(result.n_other)} of {names[1]} (blue). PSI {_number(shift.psi)}."
    )
    from pipeline.figures.shift import shift_figure

    figure = shift_figure(shift, names, look)
    return [figure_card(ids.figure, title, under, figure, meaning=_MEANING, height=380, caption=words)]


def _number(psi: float | None) -> str:
    return theme.NOTHING if psi is None else f"{psi:.3f}"


def _told(result: Comparison, shift: Shift) -> tuple[str, str]:
    """The band that changed most, as a title, and the convention in words."""
    before = sum(band[1] for band in shift.bands) or 1
    after = sum(band[2] for band in shift.bands) or 1
    label, then, now = max(shift.bands, key=lambda band: abs(band[2] / after - band[1] / before))
    label = {"(missing)": "missing", "(other)": "other levels"}.get(label, label)
    moves = f"{theme.chance(then / before)} to {theme.chance(now / after)}"
    title = (
        f"{short(shift.name)} is stable"
        if shift.psi is not None and shift.psi < STABLE
        else f"{short(shift.name)} {short(label)}: from {moves} of rows"
    )
    words = f"{shift.name}: {verdict(shift.psi)}. The largest change is at {label}, {moves} of rows."
    return title, words


def back(dataset_id: str, name: str) -> Component:
    return dcc.Link(f"All comparisons of {name}", href=f"/data/{dataset_id}/compare")
