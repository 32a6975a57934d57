"""What a stored table of segments says at one cut-off: rates beside references, what-if cut-offs, and all of it as CSV."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from dashapp.usecases import segments
from dashapp.usecases.csv_files import CsvFile, csv_text
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from pipeline.results import ScoreScale
from pipeline.segment_results import ClassShare, Estimate, Fairness, SegmentRates, SegmentTable, WhatIf

Place = tuple[tuple[str, ...], tuple[str, ...]]  # columns and levels

_COUNTS = ("n_rows", "n_bad", "tp", "fp", "fn", "tn")


@dataclass(frozen=True)
class Look:
    """A table of segments at a cut-off."""

    table: SegmentTable
    cutoff: float
    whole: SegmentRates
    rates: tuple[SegmentRates, ...]
    balance: tuple[ClassShare, ...]

    def reference(self, by: tuple[str, ...]) -> SegmentRates | None:
        """The segment that the others of a group are compared with."""
        return next((one for one in self.rates if one.by == by and one.is_reference), None)

    def below(self) -> list[SegmentRates]:
        """Segments approved less than four fifths as often as their reference, the lowest first."""
        found = [one for one in self.rates if one.fairness is not None and one.fairness.below_four_fifths]
        return sorted(found, key=lambda one: ratio_of(one).value or 0.0)


def look(
    table: SegmentTable,
    cutoff: float,
    references: Mapping[tuple[str, ...], tuple[str, ...]],
    scale: ScoreScale | None = None,
) -> Look:
    """`references` names the segment that others of its group are compared with; else it is the one approved most often.

    Mean scores are told in the units of `scale`, of a score that is no probability.
    """
    from pipeline.segments.deciding import balance
    from pipeline.segments.rating import rates, whole_rates

    whole, found = whole_rates(table, cutoff), rates(table, cutoff, reference=references)
    if scale is not None:
        whole, found = _in_units(whole, scale), tuple(_in_units(one, scale) for one in found)
    return Look(table, cutoff, whole, found, balance(table))


def _in_units(one: SegmentRates, scale: ScoreScale) -> SegmentRates:
    """A place is linear in the score, so that the mean and its ends go over as they are, the lower end first."""
    mean = one.mean_score
    if mean.value is None:
        return one
    ends = sorted(scale.score(end) for end in (mean.low, mean.high) if end is not None)
    low, high = ends if len(ends) == 2 else (None, None)
    return replace(one, mean_score=replace(mean, value=scale.score(mean.value), low=low, high=high))


def ratio_of(one: SegmentRates) -> Estimate:
    """The adverse impact ratio; 1 without an interval for the reference itself."""
    if one.fairness is not None:
        return one.fairness.adverse_impact_ratio
    return Estimate(1.0) if one.is_reference else Estimate(None, too_few=one.approval_rate.too_few or "no reference")


def with_own_cutoffs(
    table: SegmentTable, by: tuple[str, ...], own: Mapping[tuple[str, ...], float], cutoff: float
) -> tuple[WhatIf, tuple[WhatIf, ...]]:
    """All rows and each segment of a group, with one cut-off for all and with cut-offs of their own."""
    from pipeline.segments.deciding import what_if

    return what_if(table, by, own, cutoff)


def csv(
    desk: Desk, run_id: str, by: object, cutoff: float | None, references: Mapping[tuple[str, ...], tuple[str, ...]]
) -> CsvFile:
    """Every rate of every segment with its interval, all digits, all rows first; cut-off and mean score in the units of a score
    that is no probability. Raises as `segments.start` does."""
    view = segments.get(desk, run_id, segments.start(desk, run_id, by))
    if not isinstance(view.result, SegmentTable):
        raise Refused("The segments are still being counted.", fix="Wait until the page shows them.")
    cutoff = cutoff if cutoff is not None else segments.run_cutoff(desk, run_id)
    scale = segments.run_scale(desk, run_id)
    found = look(view.result, cutoff, references, scale)
    told = cutoff if scale is None else scale.score(cutoff)
    estimates = [field.name for field in fields(SegmentRates) if field.type == "Estimate" or field.type is Estimate]
    compared = [field.name for field in fields(Fairness) if field.type == "Estimate" or field.type is Estimate]
    ends = [f"{name}{end}" for name in (*estimates, *compared) for end in ("", "_low", "_high")]
    head = ["by", "segment", "part", "cutoff", *_COUNTS, *ends, "is_reference", "below_four_fifths", "too_few"]
    lines = []
    for one in (found.whole, *found.rates):
        values = [getattr(one, name) for name in estimates]
        values += [getattr(one.fairness, name) if one.fairness is not None else Estimate(None) for name in compared]
        numbers = [end for value in values for end in (value.value, value.low, value.high)]
        verdict = one.fairness.below_four_fifths if one.fairness is not None else None
        why = "; ".join(dict.fromkeys(value.too_few for value in values if value.too_few))
        place = [" × ".join(one.by), ", ".join(one.levels) or "all rows", found.table.part, told]
        counts = [getattr(one, name) for name in _COUNTS]
        lines.append([*place, *counts, *numbers, one.is_reference, verdict, why])
    return CsvFile(view.card.name, csv_text([head, *lines]))
