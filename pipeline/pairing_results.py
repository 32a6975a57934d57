"""What comparing runs row by row gives, and what a run says of newer rows. Frozen, JSON in and out, as `pipeline.results`."""

from dataclasses import dataclass

from pipeline.results import Confusion, Metrics, ScoreTable
from pipeline.study_results import Stored


@dataclass(frozen=True)
class SwapCell:
    """Rows by what two runs decide, and what came of them."""

    first_approves: bool
    second_approves: bool
    n_good: int
    n_bad: int


@dataclass(frozen=True)
class Pair:
    """A challenger against the champion on the rows that both held out; differences are challenger less champion."""

    run_id: str
    n_rows: int
    n_bad: int
    auc_champion: float | None
    auc: float | None
    auc_difference: float | None  # DeLong, paired
    auc_low: float | None
    auc_high: float | None
    auc_p: float | None
    only_champion_right: int  # McNemar's discordant rows at the two cut-offs
    only_challenger_right: int
    mcnemar_p: float | None  # exact binomial, two-sided
    confusion_champion: Confusion
    confusion: Confusion
    swap: tuple[SwapCell, ...]  # first is the champion; four cells
    note: str = ""  # why there is nothing: no shared row, other outcome


@dataclass(frozen=True)
class Pairing(Stored):
    """Runs of one data set against the first of them."""

    run_ids: tuple[str, ...]
    cutoffs: tuple[float, ...]  # of each run
    pairs: tuple[Pair, ...]  # one for each run but the first
    format: int = 1


@dataclass(frozen=True)
class ShiftBand:
    """A band of the score: rows of the reference and of the newer data in it."""

    low: float
    high: float
    n_reference: int
    n_newer: int


@dataclass(frozen=True)
class Monitoring(Stored):
    """What a run says of a newer data set, against the rows that it was trained on."""

    dataset_name: str
    n_rows: int
    n_scored: int
    psi: float | None
    bands: tuple[ShiftBand, ...]
    mean_reference: float
    mean_newer: float
    approval_reference: float  # at the cut-off, on the reference rows
    approval_newer: float
    cutoff: float
    unseen: tuple[tuple[str, int], ...]  # column, rows with a level that training never saw
    metrics: Metrics | None = None  # where the newer data has the outcome
    scores: ScoreTable | None = None
    expected_bad: float | None = None
    notes: tuple[str, ...] = ()
    format: int = 1
