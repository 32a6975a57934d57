"""How much each field of a model matters, and what it does to the probability, over the rows that the model was trained on."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.effect_results import PRODUCT, EffectCurve, Effects, FieldEffect
from pipeline.explaining.effects.curves import curves_of
from pipeline.explaining.effects.shuffling import shuffled, shuffles
from pipeline.explaining.exact import groups_of
from pipeline.explaining.parts import parts_of_rows
from pipeline.frame import Floats, Frame
from pipeline.model import FittedModel
from pipeline.results import Progress, Report, no_report
from pipeline.scores.row_scores import Rows
from pipeline.terms import design_of

REPEATS = 20
MOST_SHUFFLED = 50_000  # rows
ROWS_DRAWN = 60
_BLOCK = 131_072


def effects(
    model: FittedModel,
    table: pa.Table,
    classes: NDArray[np.intp],
    train: Rows,
    judged: Rows,
    *,
    part: str,
    seed: int,
    repeats: int = REPEATS,
    most_shuffled: int = MOST_SHUFFLED,
    report: Report = no_report,
) -> Effects:
    """Counts the effects of every field.

    Parameters
    ----------
    table : pyarrow.Table
        Has the model's fields; all rows of the data set.
    classes : ndarray of int, shape (rows of the table,)
        Each row's place in the model's labels, -1 where its outcome is not known.
    train, judged : ndarray of int
        The training rows, and those whose values are shuffled; all have an outcome.
    part : str
        What `judged` are: held_out or training.
    seed : int
        Of the sample, the shuffling and the rows that get curves of their own.
    """
    report(Progress(0, 100, "Reading the rows"))
    frame = model.frame(table)
    sd, share, log_odds_sd = _importance(model, frame, train, report)
    report(Progress(25, 100, "Drawing the curves"))
    draw = np.random.default_rng(seed)
    curves, n_each = _curves(
        model, table, frame, classes, train, draw, lambda step: report(Progress(30 + 45 * step.share, 100, step.what))
    )
    chosen = judged if len(judged) <= most_shuffled else np.sort(draw.choice(judged, most_shuffled, replace=False))
    measured, losses = shuffled(
        model,
        model.frame(table.select(list(model.fields)).take(pa.array(chosen))),
        classes[chosen],
        shuffles(len(chosen), repeats, seed),
        lambda step: report(Progress(75 + 25 * step.share, 100, step.what)),
    )
    mapped = model.calibration
    return Effects(
        labels=model.labels,
        link=model.link,
        calibration=(mapped.given, mapped.becomes) if mapped is not None else None,
        n_train=len(train),
        fields=tuple(
            _field_effect(sources, positions, sd, share, curves, losses) for sources, positions in groups_of(model).items()
        ),
        log_odds_sd=log_odds_sd,
        measure="auc" if len(model.labels) == 2 else "log_loss",
        part=part,
        n_part=len(judged),
        n_shuffled=len(chosen),
        baseline=measured,
        repeats=repeats,
        n_each=n_each,
        seed=seed,
    )


PerGroup = dict[tuple[str, ...], tuple[float, ...]]
Shares = dict[tuple[str, ...], tuple[float | None, ...]]
Curves = dict[str, tuple[str, EffectCurve]]  # kind and curve of each field
Losses = dict[str, tuple[float, ...]]  # of each field, at each repeat


def _curves(
    model: FittedModel,
    table: pa.Table,
    frame: Frame,
    classes: NDArray[np.intp],
    train: Rows,
    draw: np.random.Generator,
    report: Report,
) -> tuple[Curves, int]:
    """The curve of each field, and how many of the training rows got curves of their own."""
    drawn = np.sort(draw.permutation(len(train))[:ROWS_DRAWN])
    shown = range(1, 2) if len(model.labels) == 2 else range(len(model.labels))
    wanted = np.column_stack([classes[train] == k for k in shown]).astype(np.float64)
    return curves_of(model, table, frame, train, wanted, draw.permutation(train[drawn]), report)


def _field_effect(
    sources: tuple[str, ...],
    positions: list[int],
    sd: PerGroup,
    share: Shares,
    curves: Curves,
    losses: Losses,
) -> FieldEffect:
    """What was found of a field, or of a product of two; `positions` are its columns, the intercept counted."""
    is_field = len(sources) == 1
    return FieldEffect(
        sources=sources,
        kind=curves[sources[0]][0] if is_field else PRODUCT,
        columns=tuple(position - 1 for position in positions),
        sd=sd[sources],
        share=share[sources],
        drops=losses.get(sources[0], ()) if is_field else (),
        curve=curves[sources[0]][1] if is_field else None,
    )


def _importance(model: FittedModel, frame: Frame, rows: Rows, report: Report) -> tuple[PerGroup, Shares, tuple[float, ...]]:
    """The spread of each contribution, its share of the log-odds' variance, and the spread of these, over some rows.

    Moments are summed block by block, about the first block's means, so that the columns of all rows are never held together.
    """
    groups = list(groups_of(model))
    about = total = square = with_all = None
    for start in range(0, len(rows), _BLOCK):
        report(Progress(25 * start / len(rows), 100, "Reading the rows"))
        parts = parts_of_rows(model, design_of(frame, model.terms, rows[start : start + _BLOCK])[0])
        values = np.stack([*(parts.of[group] for group in groups), parts.log_odds], axis=1)  # (rows, groups + 1, classes)
        if model.link == "softmax":  # coefficients are told against the first class
            values = values[:, :, 1:] - values[:, :, :1]
        about = values.mean(axis=0) if about is None else about
        values -= about
        total = values.sum(axis=0) + (0 if total is None else total)
        square = np.einsum("igk,igk->gk", values, values) + (0 if square is None else square)
        with_all = np.einsum("igk,ik->gk", values, values[:, -1]) + (0 if with_all is None else with_all)
    if total is None or square is None or with_all is None:
        raise AssertionError("a model has training rows")
    mean = total / len(rows)
    spread = _root(square / len(rows) - mean**2)
    covariance = with_all / len(rows) - mean * mean[-1]
    variance = covariance[-1]
    sd = {group: tuple(map(float, spread[g])) for g, group in enumerate(groups)}
    share: Shares = {
        group: tuple(float(covariance[g, j] / variance[j]) if variance[j] > 0 else None for j in range(len(variance)))
        for g, group in enumerate(groups)
    }
    return sd, share, tuple(map(float, spread[-1]))


def _root(variance: Floats) -> Floats:
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)))
