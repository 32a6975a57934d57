"""The applicant that an address opens: who it is, what the run says, and against what."""

from dataclasses import dataclass

from dashapp.tabs.explain.address import Address
from dashapp.usecases import explaining, finding
from dashapp.usecases.backgrounds import OpenedRun, StillCounting
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.usecases.explaining import Applicant, Told
from dashapp.usecases.finding import Place
from dashapp.usecases.what_ifs import Base
from pipeline.explain_results import APPLICANT, AVERAGE, SEGMENT, Reference


@dataclass(frozen=True)
class OpenRow:
    """`problem` says why the reference is not the one that the address names."""

    who: Desk
    run: OpenedRun
    address: Address
    applicant: Applicant
    told: Told
    problem: str = ""

    @property
    def number(self) -> int:
        return self.address.row or 0

    @property
    def label(self) -> str | None:
        """The class that the account is about; None for two classes."""
        return self.told.explanation.label if labels_of(self.run) else None

    @property
    def is_bad(self) -> bool | None:
        """Whether the applicant went bad; None where it is not known, and for three classes and more."""
        bad = self.run.view.spec.bad_label
        return None if bad is None or self.applicant.outcome is None else self.applicant.outcome == bad


def open_row(who: Desk, base: Base, address: Address) -> OpenRow:
    """What the run says of the applicant. Raises StillCounting for a segment that is being counted."""
    run, applicant = base.run, base.applicant
    reference, problem = reference_of(who, run, address)
    told = explaining.told(run, applicant, reference, label=label_of(run, address))
    return OpenRow(who, run, address, applicant, told, problem)


def labels_of(run: OpenedRun) -> tuple[str, ...]:
    """The classes that have log-odds of their own, where there are several to choose from."""
    return () if len(run.model.labels) == 2 else run.model.labels[1:] if run.model.link == "reference" else run.model.labels


def label_of(run: OpenedRun, address: Address) -> str | None:
    """The class that the address names, where the run has it."""
    return address.label if address.label in labels_of(run) else None


def reference_of(who: Desk, run: OpenedRun, address: Address) -> tuple[Reference, str]:
    """The reference of the address; where it names none that can be had the average applicant, and a sentence.

    There is none while the row, or the segment, is still to be chosen.

    Raises StillCounting for a segment that is being counted.
    """
    try:
        return explaining.reference_of(who, run, address.reference, address.about), ""
    except StillCounting:
        raise
    except (Refused, InvalidSpec, NotFound) as error:
        still_choosing = address.reference in {APPLICANT, SEGMENT} and (not address.about or address.about.endswith(": "))
        return explaining.reference_of(who, run, AVERAGE), "" if still_choosing else str(error)


def place_of(found: OpenRow) -> Place | None:
    """Where the row stands in the list; None where the filter of the address cannot be used."""
    try:
        return finding.place_of(found.who, found.run.view, found.address.wanted, found.number)
    except (InvalidSpec, Refused):
        return None
