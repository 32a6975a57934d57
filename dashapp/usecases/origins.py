"""Where a run comes from: trained here, a score that the data held already, or another run's probabilities recalibrated."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from pipeline.results import ScoreScale
from pipeline.stored import from_plain

Kind = Literal["trained", "score", "recalibrated"]


@dataclass(frozen=True)
class Origin:
    """`column`, `higher_is` and `is_probability` are a score's (or those of the score that was recalibrated)."""

    kind: Kind = "trained"
    run_id: str | None = None  # the run that was recalibrated
    run_name: str = ""  # as it was called then
    method: str = ""  # logistic or isotonic
    column: str = ""
    higher_is: str = ""  # good or bad
    is_probability: bool = False
    asked_cutoff: float | None = None  # in the units of a score, to begin with; None: refuse as many as went bad
    low: float | None = None  # ends of the score, once it is judged, so that lists need not load the result
    high: float | None = None

    @property
    def has_model(self) -> bool:
        """Whether a model of ours gives the scores, so that there are coefficients and new rows can be scored by it."""
        return not self.column

    @property
    def gives_probabilities(self) -> bool:
        """Whether what the run says of a row is a chance, and not merely a place on a scale."""
        return self.kind != "score" or self.is_probability

    @property
    def scale(self) -> ScoreScale | None:
        """What turns the cut-off of a score's run into the units of the score; None for runs that give probabilities."""
        if self.kind != "score" or self.low is None or self.high is None:
            return None
        return ScoreScale(self.column, self.low, self.high, self.higher_is, self.is_probability)

    @property
    def own_scale(self) -> ScoreScale | None:
        """The scale of a score that is no probability: its cut-offs are told and typed in its units."""
        return None if self.gives_probabilities else self.scale

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any] | None) -> Self:
        return cls() if stored is None else from_plain(cls, stored)
