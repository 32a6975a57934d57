"""What the page shows, out of its address: the run, the picture, its rows, and the model of the two fields."""

from dataclasses import dataclass

from dashapp.auth import desk
from dashapp.usecases import boundaries
from dashapp.usecases.backgrounds import OpenedRun, opened
from dashapp.usecases.boundary_address import NONE, Address
from dashapp.usecases.errors import InvalidSpec, NotFound, PipelineError, Refused
from dashapp.usecases.explaining import Applicant
from dashapp.usecases.studies import StudyView
from pipeline.boundary_results import BoundaryRows, Surface, TwoFieldModel

Why = tuple[str, str]  # what was refused, and what to do


@dataclass(frozen=True)
class Shown:
    """`why_row` says why a row is not held, `why_rows` why none are drawn, `why_two` why nothing was trained on two fields."""

    run: OpenedRun
    address: Address  # settled
    fields: tuple[str, ...]  # the run's, those that matter most first
    surface: Surface
    applicant: Applicant | None
    why_row: Why | None = None
    rows_study: StudyView | None = None
    why_rows: Why | None = None
    two_study: StudyView | None = None
    why_two: Why | None = None

    @property
    def path(self) -> str:
        return f"/runs/{self.run.view.id}/boundary"

    @property
    def rows(self) -> BoundaryRows | None:
        found = self.rows_study.result if self.rows_study is not None else None
        return found if isinstance(found, BoundaryRows) else None

    @property
    def two(self) -> TwoFieldModel | None:
        found = self.two_study.result if self.two_study is not None else None
        return found if isinstance(found, TwoFieldModel) else None

    @property
    def waiting(self) -> bool:
        """Whether something has no result yet: its job goes on, or came to nothing and may be tried again."""
        return any(one is not None and one.result is None for one in (self.rows_study, self.two_study))


def shown(run_id: str, search: object) -> Shown:
    """Works the picture out, and counts its rows or queues that.

    Raises NotFound for a run that is not the user's to see, Refused where it has no boundary, and StillCounting.
    """
    run = opened(desk(), run_id)
    address = boundaries.settled(run, boundaries.followed(desk(), run_id, Address.parse(search)))
    applicant, why_row = None, None
    try:
        applicant = boundaries.applicant_of(desk(), run, address)
    except (Refused, NotFound) as error:
        why_row = (error.message, error.fix)
    surface = boundaries.surface(run, address, applicant)
    rows_study, why_rows = None, None
    if address.rows != NONE:
        try:
            rows_study = boundaries.get(desk(), run, boundaries.start_rows(desk(), run, surface))
        except Refused as error:
            why_rows = (error.message, error.fix)
    two_study, why_two = None, None
    if address.two:
        try:
            two_study = boundaries.get(desk(), run, boundaries.start_two(desk(), run, (address.x, address.y)))
        except InvalidSpec as error:
            why_two = ("The two fields alone cannot be trained on.", " ".join(error.problems.values()))
        except (Refused, PipelineError) as error:
            why_two = (error.message, error.fix)
    fields = tuple(boundaries.ranked_fields(run))
    return Shown(run, address, fields, surface, applicant, why_row, rows_study, why_rows, two_study, why_two)
