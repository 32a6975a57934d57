"""The rules that find a cut-off: each a function of what is known at every cut-off, and one row of RULES.

A rule looks at all cut-offs of one part of the rows and takes the best, or says why none will do. Where cut-offs are equally good
it takes the lowest, the most cautious.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pipeline.cutoffs.amounts import AmountSums
from pipeline.cutoffs.decisions import confusion_at, nearest_cutoff
from pipeline.cutoffs.worth import Targets, Worth
from pipeline.evaluation_results import Confusion, ScoreTable

_FEW = 20  # rows of which a share tells little
Parameter = Literal["recall", "precision", "approval_rate", "bad_rate"]


@dataclass(frozen=True)
class Ledger:
    """One part's decisions at every cut-off, and the money that depends on them."""

    cutoffs: tuple[float, ...]
    counts: tuple[Confusion, ...]
    sums: AmountSums
    worth: Worth

    @classmethod
    def of(cls, table: ScoreTable, worth: Worth, amounts: AmountSums | None, cutoffs: Sequence[float]) -> "Ledger":
        """The ledger at some cut-offs of a table; `amounts` with cut-offs of the same table."""
        counts = tuple(confusion_at(table, cutoff) for cutoff in cutoffs)
        sums = (amounts or AmountSums.of_counts(table)).at(cutoffs)
        return cls(tuple(cutoffs), counts, sums, worth)

    @property
    def n_bad(self) -> int:
        return self.counts[0].fn + self.counts[0].tp

    @property
    def n_good(self) -> int:
        return self.counts[0].tn + self.counts[0].fp

    @property
    def n_rows(self) -> int:
        return self.n_bad + self.n_good

    @cached_property
    def profit(self) -> tuple[float, ...]:
        """gain · (amounts of) approved goods - loss · (amounts of) approved bads, at each cut-off."""
        good, bad, worth = self.sums.good, self.sums.bad, self.worth
        return tuple(worth.gain * (good[0] - g) - worth.loss * (bad[0] - b) for g, b in zip(good, bad, strict=True))

    @cached_property
    def cost(self) -> tuple[float, ...]:
        """Cost of the missed bads and of the false alarms, at each cut-off."""
        good, bad = self.sums.good, self.sums.bad
        missed, alarm = self.worth.cost_of_missed_bad, self.worth.cost_of_false_alarm
        return tuple(missed * (bad[0] - b) + alarm * g for g, b in zip(good, bad, strict=True))


@dataclass(frozen=True)
class Found:
    """A cut-off with what is to be said about it; or None and why there is none."""

    cutoff: float | None
    note: str = ""


@dataclass(frozen=True)
class Rule:
    """A way to find a cut-off. `label` may hold `{share}`, the target that it takes; `aim` what it is good for."""

    name: str
    label: str
    short: str
    find: Callable[[Ledger, Targets], Found]
    aim: str
    parameter: Parameter | None = None
    needs_probability: bool = False

    def named(self, targets: Targets, *, short: bool = False) -> str:
        share = "" if self.parameter is None else percent(getattr(targets, self.parameter))
        return (self.short if short else self.label).format(share=share)


def percent(share: float) -> str:
    """8%, 12.5%: a share that somebody asked for."""
    return f"{share * 100:.4g}%"


def _best(ledger: Ledger, values: Sequence[float | None]) -> float | None:
    """The lowest cut-off with the highest value; differences of rounding are none."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    best = max(known)
    near = abs(best) * 1e-12
    return next(
        cutoff for cutoff, value in zip(ledger.cutoffs, values, strict=True) if value is not None and value >= best - near
    )


def f1(counts: Confusion) -> float | None:
    """Harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn)."""
    total = 2 * counts.tp + counts.fp + counts.fn
    return 2 * counts.tp / total if total else None


def _both_classes(ledger: Ledger) -> str:
    if not ledger.n_bad:
        return "There is no bad among the rows that it would be found on."
    return "" if ledger.n_good else "There is no good among the rows that it would be found on."


def _highest_profit(ledger: Ledger, targets: Targets) -> Found:
    return Found(_best(ledger, ledger.profit))


def _least_cost(ledger: Ledger, targets: Targets) -> Found:
    # In money, not as a difference of profits, so that rounding stays that of the costs themselves.
    return Found(_best(ledger, [-cost for cost in ledger.cost]))


def _break_even(ledger: Ledger, targets: Targets) -> Found:
    exact = ledger.worth.break_even
    cutoff = nearest_cutoff(ledger.cutoffs, exact)
    return Found(cutoff, "" if abs(cutoff - exact) < 5e-4 else f"Exactly {exact:.4f}; this is the nearest that was counted.")


def _youden(ledger: Ledger, targets: Targets) -> Found:
    why = _both_classes(ledger)
    if why:
        return Found(None, why)
    return Found(_best(ledger, [c.tp * ledger.n_good - c.fp * ledger.n_bad for c in ledger.counts]))


def _highest_f1(ledger: Ledger, targets: Targets) -> Found:
    if not ledger.n_bad:
        return Found(None, _both_classes(ledger))
    return Found(_best(ledger, [f1(c) for c in ledger.counts]))


def _recall(ledger: Ledger, targets: Targets) -> Found:
    """The highest cut-off that still catches that share, so that the fewest are refused."""
    if not ledger.n_bad:
        return Found(None, _both_classes(ledger))
    wanted = targets.recall * ledger.n_bad * (1 - 1e-12)
    return Found(max(cutoff for cutoff, c in zip(ledger.cutoffs, ledger.counts, strict=True) if c.tp >= wanted))


def _precision(ledger: Ledger, targets: Targets) -> Found:
    """The lowest cut-off whose refused are bad as often as that, so that the most bads are caught."""
    shares = [c.tp / (c.tp + c.fp) if c.tp + c.fp else None for c in ledger.counts]
    for cutoff, share, c in zip(ledger.cutoffs, shares, ledger.counts, strict=True):
        if share is not None and share >= targets.precision * (1 - 1e-12):
            return Found(cutoff, _few(c.tp + c.fp, "refused"))
    most = max(share for share in shares if share is not None)
    return Found(None, f"At no cut-off are so many of the refused bad; at most {percent(most)} are.")


def _few(n: int, decision: str) -> str:
    """What is to be said of a share of few rows."""
    return f"Found on {n} rows that are {decision} there: too few to hold elsewhere." if n < _FEW else ""


def _approval(ledger: Ledger, targets: Targets) -> Found:
    off = [abs((c.tn + c.fn) / ledger.n_rows - targets.approval_rate) for c in ledger.counts]
    cutoff = _best(ledger, [-distance for distance in off])
    if min(off) <= 0.005 or cutoff is None:
        return Found(cutoff)
    counts = ledger.counts[ledger.cutoffs.index(cutoff)]
    nearest = percent((counts.tn + counts.fn) / ledger.n_rows)
    return Found(cutoff, f"Many rows share a score: {nearest} is the nearest rate there is.")


def _bad_rate(ledger: Ledger, targets: Targets) -> Found:
    """The highest cut-off that keeps to it, so that the most are approved."""
    shares = [c.fn / (c.tn + c.fn) if c.tn + c.fn else None for c in ledger.counts]
    kept = [
        (cutoff, c.tn + c.fn)
        for cutoff, share, c in zip(ledger.cutoffs, shares, ledger.counts, strict=True)
        if share is not None and share <= targets.bad_rate * (1 + 1e-12)
    ]
    if kept:
        cutoff, approved = max(kept)
        return Found(cutoff, _few(approved, "approved"))
    known = [share for share in shares if share is not None]
    if not known:
        return Found(None, "At every cut-off all are refused.")
    return Found(None, f"At no cut-off are so few of the approved bad; at least {percent(min(known))} are.")


RULES = (
    Rule("highest_profit", "Highest expected profit", "Highest profit", _highest_profit, "The most money on these rows."),
    Rule(
        "break_even", "Break-even of gain and loss", "Break-even", _break_even,
        "Approve where PD < gain / (gain + loss): every approval pays, if the probabilities are right.", needs_probability=True,
    ),
    Rule("least_cost", "Least expected cost", "Least cost", _least_cost, "The least cost of missed bads and false alarms."),
    Rule(
        "youden", "Widest gap of goods and bads (KS)", "Widest gap (KS)", _youden,
        "Youden's J: the share of bads refused less the share of goods refused is largest.",
    ),
    Rule("highest_f1", "Best F1", "Best F1", _highest_f1, "The harmonic mean of precision and recall is largest."),
    Rule(
        "approval_rate", "An approval rate of {share}", "{share} approved", _approval,
        "The approval rate that comes nearest.", "approval_rate",
    ),
    Rule(
        "bad_rate", "At most {share} bad among approved", "At most {share} bad", _bad_rate,
        "The most approvals with no more bads among them than that.", "bad_rate",
    ),
    Rule(
        "recall", "At least {share} of bads caught", "{share} of bads caught", _recall,
        "The fewest refusals that catch that share of the bads.", "recall",
    ),
    Rule(
        "precision", "At least {share} bad among refused", "{share} bad among refused", _precision,
        "The most bads caught while at least that share of the refused is bad.", "precision",
    ),
)  # fmt: skip
