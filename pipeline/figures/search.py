"""The cells of a search: how each does over the folds, with its standard error, as they arrive."""

from collections.abc import Sequence

import plotly.graph_objects as go

from pipeline.figures.template import PALETTES, Look, Palette, plain, template
from pipeline.grid import words
from pipeline.study_results import Trial

MOST_SERIES = 6
MOST_ROWS = 40
_LABELS = {"log_loss": "Log-loss over the folds", "auc": "AUC over the folds"}


def search_figure(
    trials: Sequence[Trial], measure: str, best: int | None, one_se: int | None, look: Look, *, same: Sequence[str] = ()
) -> go.Figure:
    """Mean over the folds and one standard error of each cell.

    Parameters
    ----------
    trials : sequence of Trial
        Those so far; failed ones have no point.
    measure : "log_loss" or "auc"
    best, one_se : int or None
        Numbers of the cells that are marked.
    look : "light" or "dark"
    same : sequence of str
        Options that are the same in all cells: they are in no name.

    Notes
    -----
    Where C varies the figure stands over log C, with a line for the cells that share all other options: the six lines with the
    best cell are coloured and named at their end, the rest is grey. Elsewhere each cell has a row, best at the top, at most 40.
    """
    done = [trial for trial in trials if getattr(trial, measure) is not None]
    Cs = {trial.options["C"] for trial in done if "C" in trial.options}
    if len(Cs) >= 3:
        return _over_strength(done, measure, best, one_se, look, same)
    return _in_rows(done, measure, best, one_se, look, same)


def _over_strength(
    done: Sequence[Trial], measure: str, best: int | None, one_se: int | None, look: Look, same: Sequence[str]
) -> go.Figure:
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    lines: dict[str, list[Trial]] = {}
    for trial in done:
        lines.setdefault(words(trial.options, without=("C", *same)), []).append(trial)
    order = sorted(lines, key=lambda name: min(_rank(trial, measure) for trial in lines[name]))
    shown = {name: at for at, name in enumerate(order[:MOST_SERIES])}
    shift = 0.012
    for name in reversed(order):
        found = sorted(lines[name], key=lambda trial: trial.options.get("C", 0.0))
        at = shown.get(name)
        colour = colours.fig_reference if at is None else colours.series_line[at]
        moved = 1.0 if at is None else 10 ** (shift * (at - (len(shown) - 1) / 2) * 2)
        if "C" not in found[0].options:
            _level(figure, found[0], measure, name, colour, colours)
        else:
            _line(figure, found, measure, name, colour, moved)
    _mark(figure, done, measure, best, one_se, colours)
    _name_ends(figure, lines, shown, measure, colours)
    named = max((len(name) for name in shown), default=0)
    figure.update_layout(margin_r=min(24 + 7 * named, 260) if len(lines) > 1 else 24)
    Cs = sorted({trial.options["C"] for trial in done if "C" in trial.options})
    ticks = Cs[:: -(-len(Cs) // 8)]
    figure.update_xaxes(
        type="log", title_text="C (smaller is a stronger penalty)", tickvals=ticks, ticktext=[f"{C:g}" for C in ticks]
    )
    figure.update_yaxes(title_text=_LABELS[measure], tickformat=".3f", nticks=6)
    return figure


def _line(figure: go.Figure, found: Sequence[Trial], measure: str, name: str, colour: str, moved: float) -> None:
    figure.add_scatter(
        x=[trial.options["C"] * moved for trial in found],
        y=[getattr(trial, measure) for trial in found],
        error_y={"type": "data", "array": [getattr(trial, f"{measure}_se") or 0 for trial in found], "width": 0, "thickness": 1},
        mode="lines+markers",
        name=plain(name),
        line={"color": colour, "width": 1.5},
        marker={"size": 6, "color": colour},
        customdata=[[plain(words(trial.options)), getattr(trial, f"{measure}_se") or 0] for trial in found],
        hovertemplate="%{customdata[0]}<br>%{y:.4f} ± %{customdata[1]:.4f}<extra></extra>",
    )


def _level(figure: go.Figure, trial: Trial, measure: str, name: str, colour: str, colours: Palette) -> None:
    """A cell without C, such as one without a penalty: a dotted level across the figure."""
    value = getattr(trial, measure)
    figure.add_hline(y=value, line={"color": colour, "width": 1.5, "dash": "dot"})


def _name_ends(figure: go.Figure, lines: dict[str, list[Trial]], shown: dict[str, int], measure: str, colours: Palette) -> None:
    """The names stand at the right, spread so that none covers another."""
    ends = []
    for name in shown:
        last = max(lines[name], key=lambda trial: trial.options.get("C", float("inf")))
        ends.append((getattr(last, measure), name))
    values = [getattr(trial, measure) for found in lines.values() for trial in found]
    apart = (max(values) - min(values) or 1.0) / 14
    placed: list[float] = []
    for value, name in sorted(ends):
        at = max(value, placed[-1] + apart) if placed else value
        placed.append(at)
        figure.add_annotation(
            x=1, xref="paper", y=at, xanchor="left", xshift=8, showarrow=False, text=plain(name),
            font={"size": 11, "color": colours.series_ink[shown[name]]},
        )  # fmt: skip


def _mark(figure: go.Figure, done: Sequence[Trial], measure: str, best: int | None, one_se: int | None, colours: Palette) -> None:
    """Rings around the best cell and the simplest one that is as good."""
    outside, inside = ("top center", "bottom center") if measure == "auc" else ("bottom center", "top center")
    for number, said, side in ((best, "best", outside), (one_se, "simplest as good", inside)):
        trial = next((trial for trial in done if trial.number == number), None)
        if trial is None or "C" not in trial.options or (said != "best" and one_se == best):
            continue
        figure.add_scatter(
            x=[trial.options["C"]],
            y=[getattr(trial, measure)],
            mode="markers+text",
            marker={"size": 15, "symbol": "circle-open", "color": colours.fig_ink, "line": {"width": 1.5}},
            text=[said],
            textposition=side,
            textfont={"color": colours.text, "size": 11},
            hoverinfo="skip",
            cliponaxis=False,
        )


def _in_rows(
    done: Sequence[Trial], measure: str, best: int | None, one_se: int | None, look: Look, same: Sequence[str]
) -> go.Figure:
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    rows = sorted(done, key=lambda trial: _rank(trial, measure))[:MOST_ROWS]
    names = [plain(words(trial.options, without=same) or "the base") for trial in rows]
    strong = {best: colours.series[0], one_se: colours.series[0]}
    tones = [strong.get(trial.number, colours.fig_reference) for trial in rows]
    figure.add_scatter(
        x=[getattr(trial, measure) for trial in rows],
        y=names,
        error_x={
            "type": "data", "array": [getattr(trial, f"{measure}_se") or 0 for trial in rows], "width": 0, "thickness": 1,
            "color": colours.fig_reference,
        },
        mode="markers",
        marker={"size": 9, "color": tones},
        customdata=[getattr(trial, f"{measure}_se") or 0 for trial in rows],
        hovertemplate="%{y}<br>%{x:.4f} ± %{customdata:.4f}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", showgrid=True, type="category", nticks=MOST_ROWS)
    figure.update_xaxes(title_text=_LABELS[measure], tickformat=".3f")
    return figure


def _rank(trial: Trial, measure: str) -> float:
    """Smaller is better."""
    value = float(getattr(trial, measure))
    return -value if measure == "auc" else value
