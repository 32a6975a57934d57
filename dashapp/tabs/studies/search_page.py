"""A search as it goes on and when it has ended: the finding, the cells in a figure and in a table."""

from collections.abc import Sequence
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.studies.layout import ids
from dashapp.usecases.studies import StudyView
from dashapp.widgets.basics import Children, button, card, icon, notice
from dashapp.widgets.figures import figure_card
from dashapp.widgets.tables import Column, table
from pipeline.figures.search import search_figure
from pipeline.figures.template import Look
from pipeline.grid import GRID_OPTIONS, constant, declared, words
from pipeline.study_results import SearchResult, Trial

SORTS = ("number", "log_loss", "auc", "n_nonzero", "seconds", *GRID_OPTIONS)
_SHORT = {"C": "C", "l1_ratio": "Share of L1", "class_weights": "Own weights", "degree": "Degree"}
_MEANING = (
    "Each point is one combination, fitted on all folds but one and judged on that one, in turn. The line through it is one "
    "standard error of the mean over the folds: s / √folds. The simplest as good is, among the combinations whose mean is within "
    "one standard error of the best, the one with the fewest coefficients, then the strongest penalty (Breiman et al. 1984). The "
    "best of many is flattered by its luck; held-out rows judge the run that is made of it."
)


def search_body(view: StudyView, sort: str, look: Look) -> list[Component]:
    """What there is so far; while the search goes on, the best so far is marked."""
    trials = view.trials
    if not trials:
        return []
    measure = str(view.options["judged_by"])
    best, one_se = marked(view)
    title, under = finding(view, best, one_se)
    drawn = figure_card(
        ids.figure,
        title,
        under,
        search_figure(trials, measure, best, one_se, look, same=constant(view.options["grid"])),
        meaning=html.P(_MEANING),
        height=420,
    )
    return [drawn, _table(view, trials, sort, best, one_se)]


def marked(view: StudyView) -> tuple[int | None, int | None]:
    """Numbers of the best cell and of the simplest as good; while the search goes on, of the best so far alone."""
    if isinstance(view.result, SearchResult):
        return view.result.best, view.result.one_se
    measure, sign = str(view.options["judged_by"]), -1 if view.options["judged_by"] == "auc" else 1
    done = [trial for trial in view.trials if getattr(trial, measure) is not None]
    best = min(done, key=lambda trial: (sign * getattr(trial, measure), trial.number), default=None)
    return (best.number if best is not None else None), None


def finding(view: StudyView, best: int | None, one_se: int | None) -> tuple[str, str]:
    """The title and the line under it."""
    found = {trial.number: trial for trial in view.trials}
    measure = "AUC" if view.options["judged_by"] == "auc" else "log-loss"
    n_failed = sum(1 for trial in view.trials if trial.error)
    failed = f", {n_failed} of them could not be fitted" if n_failed else ""
    under = (
        f"{theme.plural(len(view.trials), 'combination')}{failed}; mean {measure} over {view.spec.folds} folds of the training "
        "rows, with one standard error. Held-out rows are not looked at."
    )
    if best is None:
        return "No combination could be fitted", under
    same = constant(view.options["grid"])
    first = words(found[best].options, same) or "the base"
    if view.result is None:
        return f"Best so far: {first}", under
    if one_se is None or one_se == best:
        return f"Best: {first}; none that is simpler is as good", under
    simple = words(found[one_se].options, same) or "the base"
    return f"Best: {first}; {simple} is simpler and as good within one standard error", under


def _table(view: StudyView, trials: Sequence[Trial], sort: str, best: int | None, one_se: int | None) -> Component:
    varying = [name for name in GRID_OPTIONS if len(view.options["grid"].get(name, ())) > 1]
    may_save = view.card.sees_dataset
    heads = [
        Column(_sorting(view, "number", "Combination", sort)),
        *(Column(_sorting(view, name, _SHORT.get(name, declared(name).label), sort), numeric=_numeric(name)) for name in varying),
        Column(_sorting(view, "log_loss", "Log-loss", sort), numeric=True),
        Column("± SE", numeric=True),
        Column(_sorting(view, "auc", "AUC", sort), numeric=True),
        Column("± SE", numeric=True),
        Column(_sorting(view, "n_nonzero", "Coefficients", sort), numeric=True),
        Column(_sorting(view, "seconds", "Time", sort), numeric=True),
        *([Column(html.Span("Save", className="sd-hidden"))] if may_save else []),
    ]
    at_best = next((trial.options for trial in trials if trial.number == best), {})
    rows = [
        [
            _name(trial, best, one_se),
            *(_cell(name, trial, at_best) for name in varying),
            *_figures(trial),
            *([_save(trial)] if may_save else []),
        ]
        for trial in ordered(trials, sort)
    ]
    under = "An option that differs from the best's is set strong. A head sorts by its column."
    return card("All combinations", table(heads, rows, label="Combinations"), under=under, flush=True)


def ordered(trials: Sequence[Trial], sort: str) -> list[Trial]:
    """By a column; `-auc` is descending, what has no value stands at the end."""
    name = sort.lstrip("-")
    if name not in SORTS:
        return list(trials)

    def value(trial: Trial) -> object:
        return trial.options.get(name) if name in GRID_OPTIONS else getattr(trial, name)

    known = [trial for trial in trials if value(trial) is not None]
    text = any(isinstance(value(trial), str | dict) for trial in known)
    known.sort(key=lambda trial: str(value(trial)) if text else value(trial), reverse=sort.startswith("-"))  # type: ignore[arg-type,return-value]
    return known + [trial for trial in trials if value(trial) is None]


def _sorting(view: StudyView, name: str, label: str, sort: str) -> Children:
    """A head that leads to the same page sorted by its column; once more turns it round."""
    active = sort.lstrip("-") == name
    down = sort.startswith("-")
    wanted = f"-{name}" if (active and not down) or (not active and name == "auc") else name
    sign = [icon("arrow-down-short" if down else "arrow-up-short")] if active else []
    said = {"title": f"Sort by {label.lower()}"}
    return dcc.Link([label, *sign], href=f"/studies/{view.card.id}?{urlencode({'sort': wanted})}", className="sd-sort", **said)


def _numeric(name: str) -> bool:
    return name in {"C", "l1_ratio", "degree"}


def _name(trial: Trial, best: int | None, one_se: int | None) -> Children:
    marks = [
        html.Span(said, className="sd-badge approved" if said == "best" else "sd-badge done")
        for number, said in ((best, "best"), (one_se, "simplest as good"))
        if number == trial.number
    ]
    return html.Span([f"{trial.number + 1} ", *marks], className="sd-trial-name")


def _cell(name: str, trial: Trial, at_best: dict[str, object]) -> Children:
    if name not in trial.options:
        return theme.NOTHING
    value = trial.options[name]
    if name in {"C", "l1_ratio", "degree"}:
        said = f"{value:g}"
    elif name == "class_weights":
        said = words({name: value})
    else:
        said = next(choice.label for choice in declared(name).choices if choice.value == value)
    return html.Strong(said) if at_best and at_best.get(name) != value else said


def _figures(trial: Trial) -> list[Children]:
    if trial.error:
        return [html.Div(trial.error, className="sd-trial-why"), *[theme.NOTHING] * 4, _seconds(trial)]
    notes = [icon("exclamation-triangle")] if trial.warnings else []
    return [
        html.Span([_four(trial.log_loss), " ", *notes], title=" ".join(trial.warnings)),
        _four(trial.log_loss_se),
        theme.metric(trial.auc),
        theme.metric(trial.auc_se),
        theme.count(trial.n_nonzero),
        _seconds(trial),
    ]


def _four(value: float | None) -> str:
    """Log-losses of good models differ in the fourth digit."""
    return theme.NOTHING if value is None else f"{value:.4f}"


def _seconds(trial: Trial) -> str:
    return f"{trial.seconds:.1f} s"


def _save(trial: Trial) -> Children:
    if trial.error:
        return ""
    label = f"Save combination {trial.number + 1} as a run"
    return button("Save as a run", {"save-trial": trial.number}, kind="link", **{"aria-label": label})


def without_trials(view: StudyView) -> list[Component]:
    """What stands there when nothing has come of it; of a job that goes on or ended badly, `progress` has said it already."""
    job = view.card.job
    if job is not None and job.state != "succeeded":
        return []
    return [notice("danger", "There is no result", "The work has ended, and nothing of it was kept.")]
