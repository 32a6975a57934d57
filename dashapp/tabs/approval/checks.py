"""What a reviewer looks at: each line built from the run's own figures."""

from collections.abc import Iterator
from dataclasses import dataclass

from dashapp import theme
from dashapp.usecases.runs import RunView
from dashapp.widgets.parts import rows_of
from pipeline.cutoffs.decisions import judged_on
from pipeline.evaluation_results import Metrics
from pipeline.explaining.wording import Wording
from pipeline.figures.calibration import calibration_finding, slope_text
from pipeline.results import RunResult
from pipeline.shown import capital


@dataclass(frozen=True)
class Check:
    """One thing to judge; `good` is off where it should be looked at twice."""

    title: str
    detail: str
    good: bool
    href: str


def checks(view: RunView) -> list[Check]:
    """Of a run with a result."""
    return [] if view.result is None else list(_checks(view, view.result))


def _checks(view: RunView, result: RunResult) -> Iterator[Check]:
    base = f"/runs/{view.id}"
    yield _ranking(view, result, base)
    gap = _fit(result, base)
    if gap is not None:
        yield gap
    if view.spec.bad_label is not None:
        yield _cutoff(view, base)
        found = _calibration(view, result, base)
        if found is not None:
            yield found
    if view.origin.has_model:
        yield _words(view, base)
    if result.warnings:
        yield Check(f"{theme.plural(len(result.warnings), 'warning')} from training", result.warnings[0], False, base)
    note = " ".join(view.note.split())
    short = note if len(note) <= 120 else note[:119] + "…"
    yield Check("A note says what it is for" if note else "No note says what it is for", short, bool(note), base)


def _ranking(view: RunView, result: RunResult, base: str) -> Check:
    if result.test is None or result.test.auc is None:
        return Check("Nothing was held out", "Its figures are on rows that it saw.", False, base)
    on = f"on {theme.count(result.test.n_rows)} {rows_of('held_out', view.spec)}"
    return Check(f"AUC {theme.metric(result.test.auc)} {on}", _interval(result.test), True, base)


def _interval(metrics: Metrics) -> str:
    return "" if metrics.auc_low is None else f"95% interval {theme.interval(metrics.auc_low, metrics.auc_high)}"


def _fit(result: RunResult, base: str) -> Check | None:
    if result.train is None or result.test is None:
        return None
    better = result.train.ranks_better_than(result.test)
    if better is None:
        return None
    way = "from training to held-out rows"
    title = f"The AUC drops by more than chance {way}" if better else f"The AUC does not drop by more than chance {way}"
    held_out = f"{theme.metric(result.test.auc)} on held-out ones ({_interval(result.test)})"
    told = f"{theme.metric(result.train.auc)} on training rows, {held_out}."
    return Check(title, told, not better, base)


def _cutoff(view: RunView, base: str) -> Check:
    choice = view.cutoff_choice or {}
    title = f"Cut-off {theme.cutoff(view.cutoff)}"
    if not choice:
        return Check(title, "It came with the options of the training; nobody chose it since.", False, f"{base}/threshold")
    flatters = bool(choice.get("flatters"))
    on = rows_of(str(choice.get("part", "")), view.spec)
    seen = "the rows that it is reported on, so it flatters" if flatters else on
    by = f" by {view.cutoff_by}" if view.cutoff_by else ""
    return Check(title, f"Chosen{by} on {seen}.", not flatters, f"{base}/threshold")


def _calibration(view: RunView, result: RunResult, base: str) -> Check | None:
    part = judged_on(result)
    found = result.calibration_of(part) if part is not None and result.gives_probabilities else None
    if found is None:
        return None
    told = f"{capital(rows_of(part or '', view.spec))}. {slope_text(found)}"
    return Check(calibration_finding(found), told, not found.level and not found.spread, f"{base}/calibration")


def _words(view: RunView, base: str) -> Check:
    fields = view.result.data.columns if view.result is not None else ()
    wording = Wording.from_json(view.wording)
    n = sum(name in wording.fields for name in fields)
    title = "Reasons have words of their own" if n == len(fields) else "Reasons are told by the columns' names"
    said = f"{theme.count(n)} of {theme.plural(len(fields), 'field')} with words for letters and the applicant desk."
    return Check(title, said, n == len(fields), f"{base}/wording")
