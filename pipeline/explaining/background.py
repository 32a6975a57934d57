"""What explaining needs of a run's training rows: ranges, levels, and the references that contributions are counted from."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.explain_results import AVERAGE, GOOD, OF_CLASS, PASSING, Background, FieldInfo, Reference
from pipeline.explaining.lime.background import lime_background
from pipeline.frame import Category, Floats, Frame
from pipeline.model import FittedModel
from pipeline.scores.row_scores import Rows
from pipeline.terms import Term, coded, design_of, width_of

_QUANTILES = np.linspace(0, 1, 21)
_MOST_LEVELS = 500
_BLOCK = 32_768  # rows whose design is held at a time
FEWEST = 5  # rows of a reference but the average one's: that of one or two would be their values, for all who see the run
LEAST_PASSING = 50  # training rows that "who just pass" takes at least, where so many pass
PASSING_SHARE = 0.05  # of those that pass


def background(
    model: FittedModel,
    table: pa.Table,
    rows: Rows,
    classes: NDArray[np.integer] | None,
    score: Floats | None,
    cutoff: float | None,
) -> Background:
    """Counts the training rows.

    Parameters
    ----------
    table : pyarrow.Table
        Has the model's fields; all rows of the data set.
    rows : ndarray of int
        The training rows.
    classes : ndarray of int, shape (rows of the table,), or None
        The place of each row's class among the model's labels, 1 is bad with two; None for the average applicant alone.
    score : ndarray of float64, shape (rows of the table,), or None
        The run's probability of bad; None for three classes and more.
    cutoff : float or None
        Rows with a probability below it pass.
    """
    frame = model.frame(table)
    chosen = [(AVERAGE, "the average applicant", np.arange(len(rows)))]
    if classes is not None and score is not None and cutoff is not None:
        chosen.append((GOOD, "the average good applicant", np.flatnonzero(classes[rows] == 0)))
        chosen.append((PASSING, "applicants who just pass", just_passing(score[rows], cutoff)))
    elif classes is not None:
        chosen += [
            (OF_CLASS + label, f"the average of '{label}'", np.flatnonzero(classes[rows] == k))
            for k, label in enumerate(model.labels)
        ]
    chosen = [(kind, words, places) for kind, words, places in chosen if len(places) >= (FEWEST if kind != AVERAGE else 1)]
    means = mean_rows(frame, model.terms, rows, [places for _, _, places in chosen])
    return Background(
        n_rows=len(rows),
        cutoff=cutoff,
        fields=tuple(_field(frame, rows, name, model.terms) for name in model.fields),
        references=tuple(
            Reference(kind, words, len(places), columns) for (kind, words, places), columns in zip(chosen, means, strict=True)
        ),
        lime=lime_background(frame, rows, model.terms),
    )


def just_passing(score: Floats, cutoff: float) -> Rows:
    """The places of those that pass at a cut-off by the least: 5% of all that pass and at least 50, as far as so many do, and
    whoever has the same score as the last of them.

    In points they are the applicants at or slightly above the passing score.
    """
    passing = np.flatnonzero(score < cutoff)
    n = min(len(passing), max(LEAST_PASSING, int(np.ceil(PASSING_SHARE * len(passing)))))
    if not n:
        return passing
    last = np.partition(score[passing], len(passing) - n)[len(passing) - n]
    return np.asarray(passing[score[passing] >= last], np.intp)


def mean_rows(frame: Frame, terms: tuple[Term, ...], rows: Rows, chosen: Sequence[Rows]) -> list[tuple[float, ...]]:
    """The mean of every column of a model over choices of some rows of a frame, block by block.

    Parameters
    ----------
    rows : ndarray of int
        Rows of the frame.
    chosen : sequence of ndarray of int
        Places among `rows`, each once; none of the choices is empty.

    Returns
    -------
    list of tuple of float
        For each choice (width,), 1 first for the intercept.
    """
    width = width_of(terms)
    inside = np.zeros((len(chosen), len(rows)), bool)
    for taken, places in zip(inside, chosen, strict=True):
        taken[places] = True
    sums = np.zeros((len(chosen), width + 1))  # the last column takes what belongs nowhere
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        weights = inside[:, block].astype(np.float64)
        design, _ = design_of(frame, terms, rows[block])
        sums[:, design.dense_at] += weights @ design.dense
        for codes in design.codes.T:
            for total, weight in zip(sums, weights, strict=True):
                total += np.bincount(np.where(codes < 0, width, codes), weight, width + 1)
    counts = inside.sum(axis=1)
    sums[:, 0] = counts
    return [tuple(map(float, total[:-1] / n)) for total, n in zip(sums, counts, strict=True)]


def _field(frame: Frame, rows: Rows, name: str, terms: tuple[Term, ...]) -> FieldInfo:
    term = next(term for term in terms if term.sources == (name,))
    codes = tuple(getattr(term, "codes", ())) or tuple((gap, "missing") for gap in getattr(term, "gaps", ()))
    column = frame.columns[name]
    if isinstance(column, Category):
        return _category(name, column, rows, codes, tuple(getattr(term, "order", ())))
    found = coded(column[rows], codes)
    present = found.numbers[~np.isnan(found.numbers)]
    return FieldInfo(
        name=name,
        kind="number",
        missing_share=float(found.missing.mean()) if len(rows) else 0.0,
        quantiles=tuple(map(float, np.quantile(present, _QUANTILES))) if len(present) else (),
        whole=bool(len(present)) and bool((present == np.round(present)).all()),
        codes=codes,
    )


def _category(name: str, column: Category, rows: Rows, codes: tuple[tuple[str, str], ...], order: tuple[str, ...]) -> FieldInfo:
    taken = column.codes[rows]
    counts = np.bincount(taken[taken >= 0], minlength=len(column.levels))
    gaps = {code for code, meaning in codes if meaning != "level"}
    shares = {level: float(n) / len(rows) for level, n in zip(column.levels, counts, strict=True) if n and level not in gaps}
    place = {level: k for k, level in enumerate(order)}
    levels = sorted(shares, key=lambda level: (place.get(level, len(place)), -shares[level]))
    n_missing = int((taken < 0).sum()) + sum(int(n) for level, n in zip(column.levels, counts, strict=True) if level in gaps)
    return FieldInfo(
        name=name,
        kind="category",
        missing_share=n_missing / max(len(rows), 1),
        codes=codes,
        levels=tuple((level, shares[level]) for level in levels[:_MOST_LEVELS]),
        is_ordered=bool(order),
    )
