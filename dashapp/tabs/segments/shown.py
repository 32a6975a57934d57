"""What the page shows, out of its address: the run, the groups, their table, and the look at it."""

from dataclasses import dataclass, replace
from typing import Any

from dashapp.auth import desk
from dashapp.tabs.segments.words import Words, words_of
from dashapp.usecases import runs, segments
from dashapp.usecases.errors import NotFound, PipelineError, Refused
from dashapp.usecases.runs import RunView
from dashapp.usecases.segment_address import Address
from dashapp.usecases.segment_columns import Groups, SegmentColumn, columns, usual_groups
from dashapp.usecases.segment_looks import Look, look
from dashapp.usecases.studies import StudyView
from pipeline.segment_results import SegmentTable


@dataclass(frozen=True)
class Shown:
    """`study` is None where there is nothing to count, or it was refused: then `why` says so, (what, what to do)."""

    view: RunView
    address: Address
    offered: tuple[SegmentColumn, ...]
    groups: Groups
    study: StudyView | None
    why: tuple[str, str] | None

    @property
    def path(self) -> str:
        return f"/runs/{self.view.id}/segments"

    @property
    def query(self) -> str:
        """The address with everything that is shown, also what it left to the usual."""
        return self.address.query(by=self.groups, cutoff=self.cutoff)

    @property
    def csv(self) -> str:
        return f"/api{self.path}.csv{self.query}"

    @property
    def cutoff(self) -> float:
        return self.address.cutoff if self.address.cutoff is not None else self.view.cutoff

    @property
    def table(self) -> SegmentTable | None:
        return self.study.result if self.study is not None and isinstance(self.study.result, SegmentTable) else None

    @property
    def words(self) -> Words:
        return words_of(self.view, self.view.result.data.labels if self.view.result is not None else ("good", "bad"))

    def look(self) -> Look | None:
        """The rates at the page's cut-off beside the page's references."""
        if self.table is None:
            return None
        return look(self.table, self.cutoff, self.address.references, self.words.scale)


def shown(run_id: str, search: Any) -> Shown:
    """Counts the groups where they are not counted yet, or queues that. Raises NotFound for a run that is not the user's."""
    view = runs.get(desk(), run_id)
    address = _followed(view.id, Address.parse(search))
    if view.result is None or view.spec.bad_label is None:
        return Shown(view, address, (), (), None, None)
    offered = columns(desk(), view)
    groups = address.by if address.by is not None else _opening(view, offered)
    if not groups:
        return Shown(view, address, offered, (), None, None)
    try:
        study = segments.get(desk(), view.id, segments.start(desk(), view.id, groups))
    except (PipelineError, Refused) as error:
        return Shown(view, address, offered, groups, None, (error.message, error.fix))
    return Shown(view, address, offered, groups, study, None)


def _followed(run_id: str, address: Address) -> Address:
    """The address of the table or search that a link names; one that is gone says nothing."""
    if address.study is None:
        return address
    try:
        found = segments.get(desk(), run_id, address.study)
    except NotFound:
        return replace(address, study=None)
    if found.card.kind == "segments":
        return replace(address, study=None, by=tuple(tuple(names) for names in found.options["by"]))
    return replace(address, study=None, cutoff=found.options["cutoff"], looked_for=found.options["measure"])


def _opening(view: RunView, offered: tuple[SegmentColumn, ...]) -> Groups:
    """What the page opens with: for those who do not see the data set, what was looked at last."""
    if view.sees_dataset:
        return usual_groups(view, offered)
    before = segments.looked_at(desk(), view.id)
    return before[0] if before else ()
