"""The kinds of studies, and what each comes to."""

from typing import Literal

from pipeline.boundary_results import BoundaryRows, TwoFieldModel
from pipeline.effect_results import Effects
from pipeline.explain_results import Background, CountedReference
from pipeline.lime_results import LimeResult
from pipeline.pairing_results import Monitoring, Pairing
from pipeline.reason_results import ReasonTable
from pipeline.segment_results import SegmentTable, WorstSegments
from pipeline.similar_results import Similar
from pipeline.study_results import ImbalanceComparison, SearchResult, Stored, TuningPath

Kind = Literal[
    "path",
    "search",
    "imbalance",
    "segments",
    "worst",
    "pairing",
    "monitor",
    "background",
    "lime",
    "boundary",
    "two_fields",
    "effects",
    "reference",
    "similar",
    "reasons",
]
RESULTS: dict[str, type[Stored]] = {
    "path": TuningPath,
    "search": SearchResult,
    "imbalance": ImbalanceComparison,
    "segments": SegmentTable,
    "worst": WorstSegments,
    "pairing": Pairing,
    "monitor": Monitoring,
    "background": Background,
    "reference": CountedReference,
    "reasons": ReasonTable,
    "similar": Similar,
    "lime": LimeResult,
    "effects": Effects,
    "boundary": BoundaryRows,
    "two_fields": TwoFieldModel,
}
