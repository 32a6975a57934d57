"""A run's points: the scaling of an address, and the score bands of a part of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashapp.usecases import runs as run_cases
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, Refused
from dashapp.usecases.run_scores import scores_of
from dashapp.usecases.runs import RunView
from db import runs
from pipeline.cutoffs.decisions import score_tables
from pipeline.cutoffs.points import Scaling, ScoreBands
from pipeline.shown import shown

FIELDS = {"score": "base_score", "odds": "base_odds", "pdo": "pdo"}  # as the address and the scaling call them


@dataclass(frozen=True)
class PointsAsked:
    """A part of the rows, the scaling of the points, and the points of a band (None: what suits the scaling)."""

    part: str
    scaling: Scaling
    width: int | None = None

    def query(self) -> dict[str, str]:
        """What stands in the address; `asked` reads it."""
        found = {"part": self.part}
        found |= {name: f"{getattr(self.scaling, field):.12g}" for name, field in FIELDS.items()}
        return found if self.width is None else {**found, "width": str(self.width)}


def parts(view: RunView) -> tuple[str, ...]:
    """The parts of its rows that a run may be judged on, the one that judges it best first."""
    tables = score_tables(view.result) if view.result is not None else {}
    return tuple(part for part in ("held_out", "validation", "cross_validated", "training") if part in tables)


def asked(view: RunView, given: Mapping[str, Any]) -> PointsAsked:
    """What the names of an address (part, score, odds, pdo, width) ask for; what is absent is as usual.

    Raises InvalidSpec with a sentence for each, by its name in the address.
    """
    problems: dict[str, str] = {}
    scaling, width = Scaling(), None
    try:
        scaling = Scaling.parse({field: given[name] for name, field in FIELDS.items() if given.get(name) not in (None, "")})
    except InvalidSpec as error:
        problems |= {name: error.problems[field] for name, field in FIELDS.items() if field in error.problems}
    raw = given.get("width")
    if raw not in (None, ""):
        width = _whole(raw)
        if width is None:
            problems["width"] = f"{shown(raw)} is no whole number of 1 and more; give one, such as 20, or leave it empty."
    there = parts(view)
    part = given.get("part") or (there[0] if there else "")
    if part not in there:
        problems["part"] = f"The run has no rows called {shown(part)}; choose another part."
    if problems:
        raise InvalidSpec(problems)
    return PointsAsked(str(part), scaling, width)


def bands(desk: Desk, run_id: str, wanted: PointsAsked) -> ScoreBands:
    """The score bands of a part of a run's rows, counted row by row.

    Raises NotFound, InvalidSpec for a width that gives too many bands, and Refused where the scores are no probabilities.
    """
    from pipeline.cutoffs.score_bands import score_bands

    view = run_cases.get(desk, run_id)
    if not view.origin.gives_probabilities:
        raise Refused("The score is no probability, so that it has no odds and no points.", fix="Recalibrate the run first.")
    with desk.db.read() as session:
        rows = scores_of(session, desk.user.id, runs.get(session, desk.user.id, run_id, with_result=True))
    is_bad, probability = rows.of(wanted.part)
    return score_bands(is_bad, probability, wanted.scaling, part=wanted.part, width=wanted.width)


def _whole(raw: Any) -> int | None:
    try:
        value = int(raw) if isinstance(raw, int | str) and not isinstance(raw, bool) else 0
        return value if 1 <= value <= 10**6 else None
    except ValueError:
        return None
