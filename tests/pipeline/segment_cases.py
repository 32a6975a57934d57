"""Rows for the tests of segments: drawn ones, and published counts written out as rows."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from pipeline.scores.row_scores import RowScores
from pipeline.segment_results import SegmentTable
from pipeline.segments.counting import segment_table

CUTOFFS = tuple(k / 1000 for k in range(1001))
HELD_OUT = 2

# Admissions to graduate school at Berkeley, autumn 1973, the six largest departments: (department, sex): (admitted, rejected).
# Bickel, Hammel and O'Connell (1975), Science 187; as in the data set UCBAdmissions of R.
BERKELEY = {
    ("A", "Male"): (512, 313),
    ("A", "Female"): (89, 19),
    ("B", "Male"): (353, 207),
    ("B", "Female"): (17, 8),
    ("C", "Male"): (120, 205),
    ("C", "Female"): (202, 391),
    ("D", "Male"): (138, 279),
    ("D", "Female"): (131, 244),
    ("E", "Male"): (53, 138),
    ("E", "Female"): (94, 299),
    ("F", "Male"): (22, 351),
    ("F", "Female"): (24, 317),
}

# COMPAS scores of recidivism in Broward County: race: (not rearrested and low, not rearrested and high, rearrested and low,
# rearrested and high). Larson, Mattu, Kirchner and Angwin (2016), "How We Analyzed the COMPAS Recidivism Algorithm", ProPublica.
COMPAS = {"African-American": (990, 805, 532, 1369), "Caucasian": (1139, 349, 461, 505)}


def scored(is_bad: Sequence[int] | np.ndarray, score: Sequence[float] | np.ndarray, part: int = HELD_OUT) -> RowScores:
    """Rows that are all of one part."""
    return RowScores(np.full(len(score), part, np.int8), np.asarray(is_bad, np.int8), np.asarray(score, np.float64))


def table_of(
    scores: RowScores, columns: Mapping[str, object], *by: tuple[str, ...], cutoffs: Sequence[float] = CUTOFFS, **options: object
) -> SegmentTable:
    return segment_table(scores, pa.table(dict(columns)), by, part="held_out", labels=("good", "bad"), cutoffs=cutoffs, **options)


def berkeley() -> tuple[RowScores, dict[str, list[str]]]:
    """Applicants with a score of 1 where they were rejected, else 0. No outcome is told, so all are good."""
    rows = [(dept, sex, k) for (dept, sex), n in BERKELEY.items() for k in (0, 1) for _ in range(n[k])]
    return scored([0] * len(rows), [row[2] for row in rows]), {"dept": [row[0] for row in rows], "sex": [row[1] for row in rows]}


def compas() -> tuple[RowScores, dict[str, list[str]]]:
    """Defendants; bad is to be rearrested, and a high score (1) is a refusal."""
    rows = [(race, k // 2, k % 2) for race, n in COMPAS.items() for k in range(4) for _ in range(n[k])]
    return scored([row[1] for row in rows], [row[2] for row in rows]), {"race": [row[0] for row in rows]}


def drawn(n: int, seed: int, *, ties: bool = False) -> tuple[RowScores, dict[str, object]]:
    """Scores, outcomes that follow them, and columns of several kinds that the score depends on in part."""
    draw = np.random.default_rng(seed)
    home = draw.integers(0, 4, n)
    score = np.clip(draw.beta(2, 5, n) + np.array([0.0, 0.1, -0.05, 0.02])[home], 0, 1)
    score = np.round(score, 1) if ties else score
    columns: dict[str, object] = {
        "home": np.array(["own", "rent", "mortgage", "other"])[home],
        "age": draw.integers(18, 80, n),
        "debt": pa.array(draw.random(n), mask=draw.random(n) < 0.1),
    }
    return scored((draw.random(n) < score).astype(int), score), columns
