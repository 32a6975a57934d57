"""A run's cut-off: what each would do and be worth, and saving the one that is to be used, with who and when."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashapp.usecases import runs as run_cases
from dashapp.usecases.amounts import amounts_of
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, PipelineError, Refused
from dashapp.usecases.runs import RunView
from db import audit, runs
from pipeline.cutoffs.amounts import AmountSums
from pipeline.cutoffs.decisions import chosen_on, common_cutoffs, flatters, judged_on, nearest_cutoff, score_tables
from pipeline.cutoffs.rules import RULES
from pipeline.cutoffs.strategy import ProfitCurve, StrategyRow, Targets, Worth, profit_curve, strategy
from pipeline.evaluation_results import ScoreTable

BY_HAND = "by_hand"
_SAME = 1e-8  # the browser holds cut-offs with nine digits


@dataclass(frozen=True)
class Tables:
    """The rows that a cut-off is chosen on, those that it is reported on, and the cut-offs that are exact on both."""

    chosen_on: str  # validation, cross_validated, held_out or training
    judged_on: str  # held_out, validation or training
    flatters: bool  # both are the same rows
    chosen: ScoreTable
    judged: ScoreTable
    cutoffs: tuple[float, ...]


@dataclass(frozen=True)
class Plan:
    """What the rules find for a worth and targets, and what it would bring."""

    worth: Worth
    targets: Targets
    rows: tuple[StrategyRow, ...]
    curve: ProfitCurve
    sums: AmountSums | None  # of the rows reported on, where amounts are counted
    problem: str = ""  # why the amounts are not counted, where they were asked for


def tables(view: RunView) -> Tables | None:
    """None for a run without a result, and for three classes and more."""
    if view.result is None:
        return None
    choosing, judging = chosen_on(view.result), judged_on(view.result)
    if choosing is None or judging is None:
        return None
    found = score_tables(view.result)
    cutoffs = common_cutoffs(found[choosing], found[judging])
    return Tables(choosing, judging, flatters(view.result), found[choosing], found[judging], cutoffs)


def stored_worth(view: RunView) -> tuple[Worth, Targets | None]:
    """What a decision was said to be worth when the cut-off was saved; the usual where none was saved."""
    choice = view.cutoff_choice or {}
    try:
        return Worth.parse(choice.get("worth") or {}), Targets.parse(choice["targets"]) if choice.get("targets") else None
    except InvalidSpec:  # of a version that knew other numbers
        return Worth(), None


def plan(desk: Desk, view: RunView, worth: Worth, targets: Targets | None) -> Plan:
    """Cut-offs by every rule and what they would bring, with the run's own as the last row.

    Raises Refused for a run that decides nothing. Amounts that cannot be counted are said in `problem`, and left out.
    """
    found = _tables(view)
    targets = targets or Targets.usual(found.chosen)
    amounts, problem = None, ""
    if worth.amount is not None:
        try:
            amounts = amounts_of(desk, view, worth.amount, ((found.chosen_on, found.chosen), (found.judged_on, found.judged)))
        except (PipelineError, Refused) as error:
            problem = str(error)
    saved = nearest_cutoff(found.cutoffs, view.cutoff)
    rows = strategy(
        found.chosen, found.judged, worth, targets,
        amounts=amounts, flatters=found.flatters, is_probability=view.origin.gives_probabilities, given={"Saved": saved},
    )  # fmt: skip
    curve = profit_curve(found.judged, worth, amounts[1] if amounts else None)
    return Plan(worth, targets, rows, curve, amounts[1] if amounts else None, problem)


def stamp(view: RunView) -> str:
    """Which cut-off of the run a page shows: what `save` and `undo` are told, so that none is replaced unseen."""
    return _stamp(view.cutoff_at)


def save(desk: Desk, run_id: str, cutoff: Any, choice: Mapping[str, Any], *, seen: str | None = None) -> None:
    """Makes a cut-off the run's own, for every tab and everybody who sees the run. Saving the same once more changes nothing.

    Parameters
    ----------
    cutoff : number
        One of the cut-offs at which the run's tables are exact.
    choice : mapping
        `rule`, one of RULES or "by_hand"; `worth` and `targets` as `Worth.parse` and `Targets.parse` take them.
    seen : str, optional
        The `stamp` of the run as the user sees it; where another cut-off was saved since, nothing is saved.

    Raises
    ------
    NotFound
        For a run that is not the user's own.
    Refused, InvalidSpec
        With a sentence, for a value that is none of its cut-offs, or a choice that makes no sense.
    """
    view = _own(desk, run_id)
    found = _tables(view)
    wanted = _exact(found.cutoffs, cutoff)
    worth, targets = Worth.parse(_mapping(choice.get("worth"))), Targets.parse(_mapping(choice.get("targets")))
    rule, label = _rule(desk, view, wanted, choice.get("rule"), worth, targets)
    by_hand = rule == BY_HAND
    stored = {
        "rule": rule,
        "label": label,
        "worth": worth.to_json(),
        "targets": targets.to_json(),
        # A hand that moves the slider sees the rows that are reported on.
        "part": found.judged_on if by_hand else found.chosen_on,
        "judged_on": found.judged_on,
        "flatters": by_hand or found.flatters,
    }
    with desk.db.write() as session:
        run = runs.owned(session, desk.user.id, run_id)
        kept = _without_before(run.cutoff_choice)
        if run.cutoff == wanted and kept == stored:
            return
        _refuse_unseen(run.cutoff_at, seen, "saved")
        before = run.cutoff
        choice = {**stored, "before": {"cutoff": before, "choice": kept}}
        runs.set_cutoff(session, owner_id=desk.user.id, run_id=run_id, cutoff=wanted, choice=choice)
        _audit(desk, session, run_id, "set_cutoff", cutoff=wanted, before=before, rule=rule)


def undo(desk: Desk, run_id: str, *, seen: str | None = None) -> None:
    """Back to the cut-off before the last one that was saved.

    Raises NotFound, and Refused where none was saved, or another since the user saw `seen`, a `stamp`.
    """
    _own(desk, run_id)
    with desk.db.write() as session:
        run = runs.owned(session, desk.user.id, run_id)
        _refuse_unseen(run.cutoff_at, seen, "undone")
        before = (run.cutoff_choice or {}).get("before")
        if not isinstance(before, dict):
            raise Refused("There is no cut-off to go back to.", fix="Choose one and save it.")
        now = run.cutoff
        runs.set_cutoff(session, owner_id=desk.user.id, run_id=run_id, cutoff=before["cutoff"], choice=before["choice"])
        _audit(desk, session, run_id, "undid_cutoff", cutoff=before["cutoff"], before=now)


def _stamp(at: datetime | None) -> str:
    return at.isoformat() if at is not None else ""


def _refuse_unseen(at: datetime | None, seen: str | None, done: str) -> None:
    if seen is not None and _stamp(at) != seen:
        raise Refused(
            f"The run's cut-off was changed after this page was opened, so nothing was {done} here.",
            fix="Reload the page to see it; what you chose is kept in the address.",
        )


def _own(desk: Desk, run_id: str) -> RunView:
    view = run_cases.get(desk, run_id)
    if not view.mine:
        raise NotFound("run")
    return view


def _tables(view: RunView) -> Tables:
    found = tables(view)
    if found is None:
        if view.result is None:
            raise Refused("The run has no result yet.", fix="Wait until it is trained.")
        raise Refused("A run of three classes or more has no cut-off.", fix="Train one that names the label that counts as bad.")
    return found


def _exact(cutoffs: tuple[float, ...], given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise Refused("The cut-off has to be a number.", fix="Move the slider, or type one.")
    nearest = nearest_cutoff(cutoffs, given)
    if abs(nearest - given) > _SAME:
        raise Refused(f"The run was not counted at {given:.6g}.", fix=f"The nearest cut-off is {nearest:.6g}.")
    return nearest


def _mapping(given: Any) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise Refused("What a decision is worth was not sent as names and values.", fix="Reload the page and save again.")
    return {str(name): value for name, value in given.items()}


def _rule(desk: Desk, view: RunView, cutoff: float, named: Any, worth: Worth, targets: Targets) -> tuple[str, str]:
    """The rule that finds this very cut-off, with its words; by hand where the one that is named finds another."""
    if not isinstance(named, str) or (named != BY_HAND and named not in {rule.name for rule in RULES}):
        raise Refused("There is no such rule to find a cut-off by.", fix="Choose one of the list, or move the slider.")
    if named != BY_HAND:
        row = next(row for row in plan(desk, view, worth, targets).rows if row.rule == named)
        if row.cutoff == cutoff:
            return row.rule, row.label
    return BY_HAND, "By hand"


def _without_before(choice: dict[str, Any] | None) -> dict[str, Any] | None:
    """One step back is kept, not all of them."""
    return None if choice is None else {name: value for name, value in choice.items() if name != "before"}


def _audit(desk: Desk, session: Any, run_id: str, action: str, **details: Any) -> None:
    audit.record(session, user_id=desk.user.id, action=action, object_kind="run", object_id=run_id, **details)
