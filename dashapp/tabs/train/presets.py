"""Starting points of the form: a few options each, over the usual ones."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Preset:
    """`options` differ from the defaults; outcome, columns and split stay as they are."""

    key: str
    label: str
    help: str
    options: dict[str, Any]


PRESETS = (
    Preset("plain", "Plain L2", "Every default: numbers on one scale, a mild penalty.", {}),
    Preset(
        "scorecard",
        "Scorecard",
        "Weight of evidence in all columns and no penalty: points follow from bins.",
        {"weight_of_evidence": "all", "penalty": "none", "scaling": "none"},
    ),
    Preset(
        "inference",
        "Honest inference",
        "No penalty, the most frequent level as reference: standard errors, p-values and intervals.",
        {"penalty": "none", "reference_level": "most_frequent"},
    ),
    Preset(
        "sparse",
        "Few terms",
        "L1 with a strong penalty: most coefficients become exactly 0.",
        {"penalty": "l1", "C": 0.05},
    ),
)
KEPT_GROUPS = ("Outcome", "Columns", "Split")  # a preset leaves them alone
