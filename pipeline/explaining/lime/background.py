"""The statistics of the training rows that LIME draws its samples from."""

import numpy as np

from pipeline.explain_results import LimeBackground, LimeColumn
from pipeline.explaining.lime.columns import LEVEL, NUMBER, STATE, Levels, Numbers, base_terms, fill_of, read
from pipeline.frame import Floats, Frame
from pipeline.scores.row_scores import Rows
from pipeline.terms import Term


def lime_background(frame: Frame, rows: Rows, terms: tuple[Term, ...]) -> LimeBackground:
    """Counts some rows of a frame, for every field of the terms.

    They are the statistics that `lime.lime_tabular.LimeTabularExplainer` takes of its training matrix with its quartile
    discretiser, by the same definitions, so that an explainer without the matrix is the same as one with it.
    """
    columns: list[LimeColumn] = []
    for term in base_terms(terms):
        found = read(frame, rows, term)
        if isinstance(found, Numbers):
            columns.append(_number(term.field, found.values, fill_of(term, found.values)))
            states = _occurring(term.field, STATE, found.states)
            if len(states.levels) > 1:
                columns.append(states)
        else:
            columns.append(_occurring(term.field, LEVEL, found))
    return LimeBackground(n_rows=len(rows), columns=tuple(columns))


def _occurring(name: str, kind: str, found: Levels) -> LimeColumn:
    counts = np.bincount(found.codes, minlength=len(found.names))
    kept = [k for k, n in enumerate(counts) if n]
    return LimeColumn(name, kind, tuple(int(counts[k]) for k in kept), tuple(found.names[k] for k in kept))


def _number(name: str, values: Floats, fill: float) -> LimeColumn:
    gaps = np.isnan(values)
    values = np.where(gaps, fill, values) if gaps.any() else values
    quartiles = np.unique(np.percentile(values, [25, 50, 75]))
    bins = np.searchsorted(quartiles, values)
    counts = np.bincount(bins, minlength=len(quartiles) + 1)
    means, sds = [], []
    for k in range(len(counts)):
        mean, sd = _mean_and_sd(values[bins == k])
        means.append(mean)
        sds.append(sd)
    mean, sd = _mean_and_sd(values)
    return LimeColumn(
        field=name,
        kind=NUMBER,
        counts=tuple(map(int, counts)),
        mean=mean,
        scale=sd if sd > 1e-13 * abs(mean) else 1.0,
        fill=fill,
        quartiles=tuple(map(float, quartiles)),
        means=tuple(means),
        sds=tuple(sds),
        low=float(values.min()),
        high=float(values.max()),
    )


def _mean_and_sd(values: Floats) -> tuple[float, float]:
    """0 and 0 of none. Of numbers whose squares no number holds, by way of their share of the largest."""
    if not len(values):
        return 0.0, 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        mean, sd = float(values.mean()), float(values.std())
    if np.isfinite(mean) and np.isfinite(sd):
        return mean, sd
    largest = float(np.abs(values).max())
    shares = values / largest
    return float(shares.mean() * largest), float(shares.std() * largest)
