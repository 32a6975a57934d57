"""Cut-offs by every rule, chosen on one part of the rows and reported on another, with what each would do and its intervals."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.cutoffs.amounts import AmountSums
from pipeline.cutoffs.decisions import common_cutoffs
from pipeline.cutoffs.rules import RULES, Found, Ledger, f1
from pipeline.cutoffs.worth import Targets, Worth
from pipeline.evaluation.intervals import Z95, wilson_interval
from pipeline.evaluation_results import ScoreTable

__all__ = ["AmountSums", "Estimate", "ProfitCurve", "StrategyRow", "Targets", "Worth", "profit_curve", "strategy"]

NO_PROBABILITY = "The score is no probability, so there is no break-even of it."


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95% interval; null where there is nothing to tell it from."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class StrategyRow:
    """What a cut-off does on the rows that it is reported on. Bad is refused when the score is at or above the cut-off.

    Where a rule finds none, `cutoff` is null, `note` says why, and there are no figures. Intervals: Wilson's for shares; for
    money the normal one of the mean over applicants.
    """

    rule: str  # of RULES; "given" for a cut-off that was handed in
    label: str
    short: str
    target: float | None  # that the rule was asked to reach
    cutoff: float | None
    note: str
    flatters: bool  # chosen on the very rows that it is reported on
    n_rows: int
    n_bad: int
    approved: int | None = None
    approval_rate: Estimate | None = None
    bad_rate: Estimate | None = None  # of bads among the approved
    bads_avoided: int | None = None
    recall: Estimate | None = None  # bads avoided as a share of all bads
    goods_lost: int | None = None
    goods_lost_rate: Estimate | None = None
    precision: Estimate | None = None  # of bads among the refused
    f1: float | None = None
    profit: Estimate | None = None  # of all rows together
    profit_per_1000: Estimate | None = None  # applicants
    cost: Estimate | None = None
    cost_per_1000: Estimate | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def strategy(
    chosen: ScoreTable,
    judged: ScoreTable,
    worth: Worth,
    targets: Targets | None = None,
    *,
    amounts: tuple[AmountSums, AmountSums] | None = None,
    flatters: bool = False,
    is_probability: bool = True,
    given: Mapping[str, float] | None = None,
) -> tuple[StrategyRow, ...]:
    """A row for each of RULES, and one for each cut-off that is given.

    Parameters
    ----------
    chosen, judged : ScoreTable
        Rows that the rules choose on, and rows that what they chose is reported on.
    worth : Worth
    targets : Targets, optional
        `Targets.usual` of the rows chosen on where nothing is asked for.
    amounts : pair of AmountSums, optional
        Of the rows chosen on and of those reported on, at the cut-offs of their tables, where `worth` names a column.
    flatters : bool
        Whether both are the same rows.
    is_probability : bool
        False for a score from elsewhere that is none: there is no break-even then.
    given : mapping of str to float, optional
        Labels and cut-offs of further rows ("saved" → 0.5); cut-offs at which both tables are exact.

    Returns
    -------
    tuple of StrategyRow
        In the order of RULES; cut-offs are among `decisions.common_cutoffs` of both tables.
    """
    targets = targets or Targets.usual(chosen)
    cutoffs = common_cutoffs(chosen, judged)
    choosing = Ledger.of(chosen, worth, amounts[0] if amounts else None, cutoffs)
    reporting = Ledger.of(judged, worth, amounts[1] if amounts else None, cutoffs)
    rows = []
    for rule in RULES:
        found = rule.find(choosing, targets) if is_probability or not rule.needs_probability else Found(None, NO_PROBABILITY)
        target = getattr(targets, rule.parameter) if rule.parameter else None
        head = {"rule": rule.name, "label": rule.named(targets), "short": rule.named(targets, short=True), "target": target}
        rows.append(_row(reporting, found, flatters=flatters, **head))
    for label, cutoff in (given or {}).items():
        head = {"rule": "given", "label": label, "short": label, "target": None}
        rows.append(_row(reporting, Found(cutoff), flatters=False, **head))
    return tuple(rows)


def _row(ledger: Ledger, found: Found, *, flatters: bool, **head: Any) -> StrategyRow:
    about = {**head, "cutoff": found.cutoff, "note": found.note, "n_rows": ledger.n_rows, "n_bad": ledger.n_bad}
    if found.cutoff is None:
        return StrategyRow(**about, flatters=False)
    at = ledger.cutoffs.index(found.cutoff)
    counts = ledger.counts[at]
    approved = counts.tn + counts.fn
    profit, cost = _profit(ledger, at), _cost(ledger, at)
    return StrategyRow(
        **about,
        flatters=flatters,
        approved=approved,
        approval_rate=_share(approved, ledger.n_rows),
        bad_rate=_share(counts.fn, approved),
        bads_avoided=counts.tp,
        recall=_share(counts.tp, ledger.n_bad),
        goods_lost=counts.fp,
        goods_lost_rate=_share(counts.fp, ledger.n_good),
        precision=_share(counts.tp, counts.tp + counts.fp),
        f1=f1(counts),
        profit=_times(profit, ledger.sums.n_rows),
        profit_per_1000=_times(profit, 1000),
        cost=_times(cost, ledger.sums.n_rows),
        cost_per_1000=_times(cost, 1000),
    )


def _share(part: int, whole: int) -> Estimate:
    return Estimate(part / whole if whole else None, *wilson_interval(part, whole))


def _times(found: Estimate, factor: float) -> Estimate:
    low = None if found.low is None else found.low * factor
    high = None if found.high is None else found.high * factor
    return Estimate(None if found.value is None else found.value * factor, low, high)


def _profit(ledger: Ledger, at: int) -> Estimate:
    """Profit of one applicant: the mean over all, and how far chance moves it."""
    sums, worth = ledger.sums, ledger.worth
    goods, bads = sums.good_squares[0] - sums.good_squares[at], sums.bad_squares[0] - sums.bad_squares[at]
    return _mean(ledger.profit[at], worth.gain**2 * goods + worth.loss**2 * bads, sums.n_rows)


def _cost(ledger: Ledger, at: int) -> Estimate:
    sums, worth = ledger.sums, ledger.worth
    alarms, missed = sums.good_squares[at], sums.bad_squares[0] - sums.bad_squares[at]
    return _mean(ledger.cost[at], worth.cost_of_false_alarm**2 * alarms + worth.cost_of_missed_bad**2 * missed, sums.n_rows)


def _mean(total: float, squares: float, n: int) -> Estimate:
    """A mean of n values from their sum and the sum of their squares, with its normal 95% interval."""
    if n < 2:
        return Estimate(total / n if n else None, None, None)
    mean = total / n
    reach = Z95 * math.sqrt(max(squares - total * mean, 0.0) / (n - 1) / n)
    return Estimate(mean, mean - reach, mean + reach)


@dataclass(frozen=True)
class ProfitCurve:
    """Cumulative profit as more are approved, from the best score on; one entry for each cut-off, ascending."""

    cutoffs: tuple[float, ...]
    approval_rate: tuple[float, ...]
    profit: tuple[float, ...]
    low: tuple[float | None, ...]  # 95%, of each cut-off by itself
    high: tuple[float | None, ...]


def profit_curve(table: ScoreTable, worth: Worth, amounts: AmountSums | None = None) -> ProfitCurve:
    """The profit of all rows together at each cut-off of a table."""
    ledger = Ledger.of(table, worth, amounts, table.cutoffs)
    found = [_times(_profit(ledger, at), ledger.sums.n_rows) for at in range(len(table.cutoffs))]
    rates = tuple((c.tn + c.fn) / ledger.n_rows if ledger.n_rows else 0.0 for c in ledger.counts)
    return ProfitCurve(table.cutoffs, rates, ledger.profit, tuple(e.low for e in found), tuple(e.high for e in found))
