"""Evening out the classes among the rows that a fit sees. Judged rows never come here: see `pipeline.engine.prepared`."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec
from pipeline.frame import Floats
from pipeline.spec import TrainSpec
from pipeline.terms import Design

MOST_NEIGHBOURED = 30_000  # rows of a class among which neighbours are looked for: the time grows with their square
# Rows times columns afterwards, for about 1 GB: imbalanced-learn holds a few copies, and more where levels are voted on.
MOST_CELLS = {"smote": 25_000_000, "smotenc": 8_000_000}

Rows = NDArray[np.intp]
_Number = TypeVar("_Number", bound=np.generic)


@dataclass(frozen=True)
class Resampled:
    """The rows that a fit sees. `times` is how often a row counts, null where each counts once; `counts` sum it by class."""

    design: Design
    classes: Rows
    times: Floats | None
    counts: Rows

    @property
    def n_rows(self) -> int:
        return int(self.counts.sum())


def resampled(design: Design, classes: Rows, n_classes: int, spec: TrainSpec) -> Resampled:
    """Training rows as `spec.resampling` evens them out, the same for the same seed.

    Parameters
    ----------
    design : Design
        The training rows on the columns of the model: after imputation, scaling and one-hot encoding. SMOTE needs them before
        conditioning, since it measures distances.
    classes : ndarray of int, shape (n,)
        The class of each row; every class occurs.
    n_classes : int
    spec : TrainSpec
        `resampling`, `neighbours` and `seed`.

    Returns
    -------
    Resampled
        "over" draws rows of every class but the largest with replacement until all are as large; a row drawn again is kept
        once and counts more, which is the same fit. "under" leaves out rows of every class but the smallest. Both draw as
        imbalanced-learn does with `random_state=seed`, whose stream numpy has frozen. "smote" (Chawla et al. 2002, JAIR 16) and
        "smotenc" are imbalanced-learn's: new rows on the line between a row and one of its neighbours of the same class.

    Raises
    ------
    InvalidSpec
        On "neighbours" where a class is too small; on "resampling" where there are too many rows for SMOTE, or no category or
        no number for SMOTENC.
    """
    counts = np.bincount(classes, minlength=n_classes)
    if spec.resampling == "none":
        return Resampled(design, classes, None, counts)
    if spec.resampling == "over":
        times = over_sampled(classes, spec.seed)
        return Resampled(design, classes, times, np.rint(np.bincount(classes, weights=times)).astype(np.intp))
    if spec.resampling == "under":
        kept = under_sampled(classes, spec.seed)
        return Resampled(rows_of(design, kept), classes[kept], None, np.bincount(classes[kept], minlength=n_classes))
    _check_smote(design, counts, spec)
    new, classes = _smote(design, classes, spec) if spec.resampling == "smote" else _smotenc(design, classes, spec)
    return Resampled(new, classes, None, np.bincount(classes, minlength=n_classes))


def over_sampled(classes: Rows, seed: int) -> Floats:
    """How often each row counts when rows of the smaller classes are drawn again until all classes are as large, (n,)."""
    draw = np.random.RandomState(seed)
    counts = np.bincount(classes)
    times = np.ones(len(classes))
    largest = int(counts.argmax())
    for label in range(len(counts)):
        if label != largest:
            drawn = draw.choice(np.flatnonzero(classes == label), size=int(counts[largest] - counts[label]), replace=True)
            times += np.bincount(drawn, minlength=len(classes))
    return times


def under_sampled(classes: Rows, seed: int) -> Rows:
    """Ascending rows that are kept when the larger classes are cut to the size of the smallest."""
    draw = np.random.RandomState(seed)
    counts = np.bincount(classes)
    smallest = int(counts.argmin())
    kept = []
    for label in range(len(counts)):
        members = np.flatnonzero(classes == label)
        chosen = draw.choice(len(members), size=int(counts[smallest]), replace=False) if label != smallest else slice(None)
        kept.append(members[chosen])
    return np.sort(np.concatenate(kept))


def rows_of(design: Design, rows: Rows) -> Design:
    """Some rows of a design, stored column by column as all designs are."""
    return replace(design, dense=_columnwise(design.dense[rows]), codes=_columnwise(design.codes[rows]))


def _columnwise(matrix: NDArray[_Number]) -> NDArray[_Number]:
    return np.asfortranarray(matrix)


def _check_smote(design: Design, counts: Rows, spec: TrainSpec) -> None:
    largest = int(counts.argmax())
    rising = [label for label in range(len(counts)) if counts[label] < counts[largest]]
    least = min((int(counts[label]) for label in rising), default=None)
    if least is not None and least <= spec.neighbours:
        remedy = f"choose {least - 1} neighbours or fewer" if least > 1 else "choose over-sampling"
        raise InvalidSpec.one(
            "neighbours",
            f"{spec.neighbours} neighbours need {spec.neighbours + 1} rows of each class, and a fit sees {least} of the rarest; "
            f"{remedy}, or fewer folds.",
        )
    cells = int(counts[largest]) * len(counts) * (design.width - 1)
    most = max((int(counts[label]) for label in rising), default=0)
    most_cells = MOST_CELLS[spec.resampling]
    if most > MOST_NEIGHBOURED or cells > most_cells:
        said = (
            f"{most:,} rows of a rarer class, and {MOST_NEIGHBOURED:,} at most are searched for neighbours"
            if most > MOST_NEIGHBOURED
            else f"{cells:,} cells after resampling, and {most_cells:,} at most are made"
        )
        raise InvalidSpec.one(
            "resampling",
            f"SMOTE would have {said}; choose over-sampling or balanced weights, which serve as well with so many rows.",
        )
    if spec.resampling == "smotenc" and not (design.codes.shape[1] or _indicators(design).any()):
        raise InvalidSpec.one("resampling", "SMOTENC needs a category among the features, and there is none; choose SMOTE.")
    if spec.resampling == "smotenc" and _indicators(design).all():
        raise InvalidSpec.one(
            "resampling", "SMOTENC needs a number among the features, and there is none; choose over-sampling or SMOTE."
        )


def _indicators(design: Design) -> NDArray[np.bool_]:
    """Which dense columns are 1 or 0 in every row, such as those for missing and for special codes."""
    return np.array([bool(np.isin(design.dense[:, k], (0.0, 1.0)).all()) for k in range(design.dense.shape[1])], bool)


def _smote(design: Design, classes: Rows, spec: TrainSpec) -> tuple[Design, Rows]:
    """Every column is dense afterwards: a new row lies between the levels of its parents."""
    from imblearn.over_sampling import SMOTE  # 2 seconds and 130 MB: only where it is asked for

    sampler = SMOTE(k_neighbors=spec.neighbours, random_state=spec.seed)
    matrix, own = sampler.fit_resample(design.block(0, design.n_rows)[:, 1:], classes)
    at = np.arange(1, design.width)
    codes = np.empty((len(matrix), 0), design.codes.dtype, order="F")
    return replace(design, dense=_columnwise(matrix), dense_at=at, codes=codes), np.asarray(own)


def _smotenc(design: Design, classes: Rows, spec: TrainSpec) -> tuple[Design, Rows]:
    """Categories enter as one column of codes each, and a new row takes the code that most of its neighbours have."""
    from imblearn.over_sampling import SMOTENC

    n_dense = design.dense.shape[1]
    categorical = [*np.flatnonzero(_indicators(design)).tolist(), *range(n_dense, n_dense + design.codes.shape[1])]
    sampler = SMOTENC(categorical, k_neighbors=spec.neighbours, random_state=spec.seed)
    matrix, own = sampler.fit_resample(np.hstack([design.dense, design.codes]).astype(np.float64), classes)
    codes = np.rint(matrix[:, n_dense:]).astype(design.codes.dtype)
    return replace(design, dense=_columnwise(matrix[:, :n_dense]), codes=_columnwise(codes)), np.asarray(own)
