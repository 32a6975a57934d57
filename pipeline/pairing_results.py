"""What comparing runs row by row gives, and what a run says of newer rows. Frozen, JSON in and out, as `pipeline.results`."""

from dataclasses import dataclass

from pipeline.evaluation_results import Metrics, ScoreTable
from pipeline.study_results import Stored


@dataclass(frozen=True)
class SwapCell:
    """Rows by what two runs decide, and what came of them."""

    first_approves: bool
    second_approves: bool
    n_good: int
    n_bad: int


@dataclass(frozen=True)
class MetricDifference:
    """A metric of the challenger less that of the champion on the rows that both held out, with its 95% interval."""

    metric: str
    champion: float
    challenger: float
    difference: float
    low: float
    high: float

    @property
    def is_larger_than_chance(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Pair:
    """A challenger against the champion on the rows that both held out; differences are challenger less champion.

    Where there is nothing to compare, `note` says why and the rest is empty.
    """

    run_id: str
    n_rows: int = 0
    n_bad: int = 0
    n_champion: int = 0  # rows that each held out; the shared ones are among both
    n_challenger: int = 0
    differences: tuple[MetricDifference, ...] = ()  # AUC by DeLong, the others by the delta method; none where too little speaks
    auc_p: float | None = None
    only_champion_right: int = 0  # McNemar's discordant rows at the two cut-offs
    only_challenger_right: int = 0
    mcnemar_p: float | None = None  # exact binomial, two-sided; null where the two decide every row alike
    swap: tuple[SwapCell, ...] = ()  # first is the champion; four cells
    note: str = ""

    def difference(self, metric: str) -> MetricDifference | None:
        return next((found for found in self.differences if found.metric == metric), None)

    def cell(self, *, champion: bool, challenger: bool) -> SwapCell:
        """The rows that the two approve (True) or refuse."""
        return next(cell for cell in self.swap if (cell.first_approves, cell.second_approves) == (champion, challenger))


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
