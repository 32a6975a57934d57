"""A table of segments made by hand, and the Segments tab as its callbacks fill it, in every state."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dashapp.tabs.segments import bar, own_cutoffs, results, searching
from dashapp.tabs.segments.words import words_of
from dashapp.usecases.runs import RunView
from dashapp.usecases.segment_address import Address
from dashapp.usecases.segment_columns import SegmentColumn
from dashapp.usecases.segment_looks import Look, look
from dashapp.usecases.studies import StudyCard, StudyView
from pipeline.segment_results import FoundSegment, LowPair, Segment, SegmentTable, WorstSegments
from tests.dashapp.tune_pages import job

CUTOFFS = (0.0, 0.2, 0.4)
OFFERED = (SegmentColumn("home", "category", "segment", 3), SegmentColumn("income", "number", "feature", 40))


def segment(by: tuple[str, ...], levels: tuple[str, ...], bad: tuple[int, ...], good: tuple[int, ...]) -> Segment:
    """Bads and goods with a score below 0.2, from 0.2 on, from 0.4 on."""
    n, n_bad = sum(bad) + sum(good), sum(bad)
    return Segment(by, levels, n, n_bad, bad, good, expected_bad=n_bad * 0.9, mean_score=0.2 + 0.2 * n_bad / n, sd_score=0.1,
                   auc=0.7, auc_low=0.65, auc_high=0.75)  # fmt: skip


OWN = segment(("home",), ("own",), (20, 20, 20), (300, 100, 40))  # of 500 rows 320 below 0.2
RENT = segment(("home",), ("rent",), (30, 40, 130), (70, 100, 130))  # of 500 rows 100
FEW = segment(("home",), ("free <b>",), (1, 1, 3), (5, 5, 4))
WHOLE = segment((), (), (51, 61, 153), (375, 205, 174))
TABLE = SegmentTable(
    part="held_out", n_rows=WHOLE.n_rows, n_bad=WHOLE.n_bad, labels=("no", "yes"), cutoffs=CUTOFFS, by=(("home",),), whole=WHOLE,
    segments=(OWN, RENT, FEW), left_out=(("town", "rare values are put together"),), binned=(("age", "by tens"),),
)  # fmt: skip
FOUND = FoundSegment(("home", "town"), ("rent", "north"), 120, 60, 0.2, 0.6, -0.4, -0.5, -0.3, 1e-8, 1e-6, ())
PAIR = LowPair(("home", "town"), ("rent", "north"), 120, 60, 0.2, 0.15, 0.25, None)
WORST = WorstSegments(
    part="held_out", measure="approval_rate", cutoff=0.2, n_rows=WHOLE.n_rows, columns=("home", "town"), n_looked_at=9,
    n_too_few=4, least_rows=100, correction="Holm for 9 looks.", found=(FOUND,), n_found=12, n_better=3, least_of_class=30,
    n_pairs=5, lowest_pairs=(PAIR, PAIR),
)  # fmt: skip


def many(n: int) -> SegmentTable:
    """A table of n groups with names as long as crossed columns have."""
    by = ("person_home_ownership", "loan_intent", "cb_person_default_on_file")
    rows = tuple(
        segment(by, (f"MORTGAGE {i}", "DEBTCONSOLIDATION", "(missing)"), (31, 29, 33 + i), (300 + i, 97, 41)) for i in range(n)
    )
    return replace(TABLE, by=(by,), segments=rows)


def looked(table: SegmentTable = TABLE, cutoff: float = 0.2) -> Look:
    return look(table, cutoff, {})


def study(view: RunView, result: Any, state: str | None = None) -> StudyView:
    card = StudyCard(
        "s", "worst", "Search", view.dataset_id, view.dataset_name, view.id, view.name, True, datetime.now(UTC),
        job(state) if state else None,
    )  # fmt: skip
    return StudyView(card, view.spec, {}, (), result)


def found(view: RunView, result: WorstSegments | None, state: str | None = None, **more: Any) -> Any:
    given = {"cutoff": 0.2, "looked_for": "approval_rate", "offered": ["home", "town"], "usual": ["home"], "why": "", **more}
    shown = study(view, result, state) if result is not None or state else None
    return searching.found_card(shown, words_of(view, ("no", "yes")), **given)


def segment_pages(view: RunView) -> list[Any]:
    """Every state of the tab."""
    view = replace(view, mine=True)
    words, page = words_of(view, ("no", "yes")), looked()
    return [
        results.results(view, page, "false_negative_rate", words, "light", narrow=False, csv="/x.csv"),
        results.results(view, page, "auc", words, "dark", narrow=True, csv="/x.csv"),
        bar.chips("/runs/r/segments", Address(), (("home",), ("income", "home")), OFFERED),
        own_cutoffs.fields(page, None, words),
        [found(view, WORST), found(view, None), found(view, None, "running"), found(view, None, "failed")],
        searching.pairs_card(WORST, words, 0.4, 0.2),
        [results.waiting(job(state), "s") for state in ("running", "failed", "cancelled")],
        [results.without_result(view), results.with_three_classes(view), results.without_groups(view)],
        [results.not_shared(view, "/p", (((("home",),), "?by=home"),), "Ask."), results.stored_only(view)],
    ]
