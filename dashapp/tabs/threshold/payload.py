"""What the browser needs of a run to move its cut-off by itself, of the same size for a thousand rows and for ten million.

Counts travel as the rows between neighbouring cut-offs, amounts as whole parts of their total (`dashapp.widgets.packed`).
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from dashapp.usecases.cutoffs import Plan, Tables, stamp
from dashapp.usecases.runs import RunView
from dashapp.widgets.packed import packed
from dashapp.widgets.parts import rows_of
from pipeline.cutoffs.amounts import AmountSums
from pipeline.cutoffs.decisions import nearest_cutoff
from pipeline.evaluation_results import ScoreTable
from pipeline.figures.curves import score_text
from pipeline.figures.threshold import axis_of
from pipeline.results import ScoreScale

FINE = 0.1  # length of an axis on which two digits do not tell cut-offs apart
AMOUNT_PARTS = 100_000_000  # of the total that an amount is told in


def payload(view: RunView, tables: Tables) -> dict[str, Any]:
    """The counts of the rows that are reported on, at the cut-offs that are exact on both parts."""
    scale = view.result.scale if view.result is not None else None
    start, end, width = axis_of(tables.judged, scale)
    at = [bisect_left(tables.judged.cutoffs, cutoff) for cutoff in tables.cutoffs]
    return {
        "run": view.id,
        "cutoffs": [_digits(cutoff) for cutoff in tables.cutoffs],
        "bad": packed(_between([tables.judged.bad_at_or_above[i] for i in at])),
        "good": packed(_between([tables.judged.good_at_or_above[i] for i in at])),
        "saved": _digits(nearest_cutoff(tables.cutoffs, view.cutoff)),
        "seen": stamp(view),
        "start": start,
        "end": end,
        "grain": width / 5,
        "rows": rows_of(tables.judged_on, view.spec),
        "scale": _scale(scale),
        "probability": view.origin.gives_probabilities,
    }


def money(plan: Plan, tables: Tables, address: dict[str, str]) -> dict[str, Any]:
    """What the rules find, and what the browser needs to tell the profit at any cut-off; `address` is what a link says of it."""
    worth, places = plan.worth, {cutoff: i for i, cutoff in enumerate(tables.cutoffs)}
    return {
        "gain": worth.gain,
        "loss": worth.loss,
        "currency": worth.currency,
        "sums": None if plan.sums is None else _sums(plan.sums.at(tables.cutoffs)),
        "rules": [
            {"rule": row.rule, "label": row.label, "cut": None if row.cutoff is None else places[row.cutoff]}
            for row in plan.rows
            if row.rule != "given"
        ],
        "worth": worth.to_json(),
        "targets": plan.targets.to_json(),
        "address": address,
    }


def cutoff_words(cutoff: float, view: RunView, tables: Tables) -> str:
    """0.25, 0.125, and 0.0137 where all scores are small; of a score from elsewhere in its own unit."""
    scale = view.result.scale if view.result is not None else None
    start, end, _ = axis_of(tables.judged, scale)
    return score_text(cutoff, scale) if scale is not None or end - start >= FINE else f"{cutoff:.3g}"


def _sums(sums: AmountSums) -> dict[str, Any]:
    names = ("bad", "good", "bad_squares", "good_squares")
    found = {name: _amounts(getattr(sums, name)) for name in names}
    return {**found, "n": sums.n_rows, "missing": sums.n_missing}


def _amounts(values: Sequence[float]) -> dict[str, Any]:
    total = values[0] or 1.0
    return {"total": values[0], "parts": packed(_between([round(value / total * AMOUNT_PARTS) for value in values]))}


def _between(counts: Sequence[int]) -> list[int]:
    return [here - after for here, after in pairwise((*counts, 0))]


def _scale(scale: ScoreScale | None) -> dict[str, Any] | None:
    if scale is None:
        return None
    at_0, at_1 = scale.score(0.0), scale.score(1.0)
    return {"column": scale.column, "at_0": at_0, "at_1": at_1, "rising": at_1 > at_0}


def _digits(value: float) -> float:
    return float(f"{value:.9g}")


def table_at(table: ScoreTable, cutoffs: Sequence[float]) -> ScoreTable:
    """A table at some of its cut-offs: figures show the cut-offs that can be chosen."""
    at = [bisect_left(table.cutoffs, cutoff) for cutoff in cutoffs]
    return ScoreTable(tuple(cutoffs), tuple(table.bad_at_or_above[i] for i in at), tuple(table.good_at_or_above[i] for i in at))
