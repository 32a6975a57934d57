"""The fast way: one design for all folds, in which what a fold learns by itself is a penalty and a filling of its own.

A fold's own mean is absorbed by the intercept, which has no penalty; its own scale makes a column's penalty heavier or lighter;
its own filling of a gap is added where the value is missing; a column that is constant on a fold's rows (a level that none of
them has) gets weight 0, which is what a model without it gives. So the fits are those that each fold would have by itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.engine import penalties
from pipeline.errors import UnusableData
from pipeline.fitting.path_rows import Gaps
from pipeline.frame import Floats
from pipeline.preparation import learn_terms
from pipeline.priors import changes_prior, prior_shift
from pipeline.settling import weights_of_classes
from pipeline.terms import CategoryTerm, Design, NumberTerm, Term, design_of, width_of
from pipeline.terms.reading import read_number
from pipeline.tuning.grid import grid_of_null
from pipeline.tuning.routes import Fits, PathModel, off_the_intercepts
from pipeline.tuning.task import Task

SOLVER = "all folds on one design: exact gradients of all models in one pass, neighbouring Hessians"
MOST_COLUMNS = 400  # the Hessians of all folds are solved at each step

_Terms = tuple[Term, ...]


def shared_terms(task: Task) -> tuple[_Terms, tuple[_Terms, ...]] | str:
    """The terms of the training rows and of each fold; or a sentence that says why the folds cannot share a design."""
    spec = task.spec
    if task.n_classes > 2:
        return "Three classes and more are fitted fold by fold."
    if spec.solver != "auto":
        return f"The solver {spec.solver} fits fold by fold."
    if spec.resampling != "none":
        return "Each fold is resampled by itself, so that the folds share no design."
    if spec.weight_of_evidence != "none" or spec.degree > 1 or spec.interactions:
        return "Weights of evidence, powers and products are made of what each fold learns by itself: the folds share no design."
    whole, _ = learn_terms(task.frame, task.training, spec)
    if not whole:
        raise UnusableData("No feature takes more than one value among the training rows.", fix="Choose other features.")
    if width_of(whole) > MOST_COLUMNS:
        return f"With more than {MOST_COLUMNS} columns the folds are fitted one by one."
    folds = tuple(learn_terms(task.frame, training, spec)[0] for training, _ in task.folds)
    for terms in folds:
        differs = next((term.field for term in terms if not _affine(term, whole)), None)
        if differs is not None:
            return f"The folds prepare '{differs}' in ways that one design does not hold, so they are fitted one by one."
    return whole, folds


def _affine(own: Term, whole: _Terms) -> bool:
    """Whether a fold's term is that of all rows but for filling, centre, scale and columns that the fold lacks."""
    other = next((term for term in whole if term.field == own.field and type(term) is type(own)), None)
    if isinstance(own, NumberTerm) and isinstance(other, NumberTerm):
        codes = all(mine == theirs or mine[1] == "unseen" for mine, theirs in zip(own.codes, other.codes, strict=True))
        return codes and own.flag <= other.flag and _same(own, other, {"fill", "mean", "scale", "sd", "flag", "codes"})
    if isinstance(own, CategoryTerm) and isinstance(other, CategoryTerm):
        missing = own.missing in (None, other.missing)
        return missing and set(own.levels) <= set(other.levels) and _same(own, other, {"levels", "missing"})
    return False


def _same(own: Term, other: Term, but: set[str]) -> bool:
    return all(getattr(own, each.name) == getattr(other, each.name) for each in fields(own) if each.name not in but)


def fit_shared(task: Task, whole: _Terms, folds: tuple[_Terms, ...], n_C: int, tell: Callable[[float], None]) -> Fits:
    """Fits every C on the training rows and on each fold of each repeat; `tell` takes the share that is done."""
    from pipeline.fitting.path import FoldProblem, FoldSolver

    spec, repeats = task.spec, len(task.numbers)
    design = _without_dense(task, whole)
    gaps, columns = _gaps(task, whole, design)
    classes = task.classes[task.training]
    Cs: tuple[float, ...] = ()
    found: list[PathModel] = []
    worst, n_passes, n_hessians = 0.0, 0, 0
    failed: list[tuple[int, int]] = []  # (C, model), as in `found`
    for repeat, number in enumerate(task.numbers):
        terms = (whole, *folds[repeat * spec.folds : (repeat + 1) * spec.folds])
        maps = [_Own(own, whole, design, columns) for own in terms]
        left_out = np.arange(-1, spec.folds, dtype=np.int64)
        counts = np.array([np.bincount(classes[number != out], minlength=2) for out in left_out])
        weight = np.array([_class_weight(task, each) for each in counts])
        each_l1, each_l2 = penalties(replace(design, unit=np.ones(design.width)), replace(spec, C=1.0))
        problem = FoldProblem(
            design,
            classes,
            number,
            left_out,
            weight,
            np.stack([each_l1 / own.unit for own in maps]),
            np.stack([each_l2 / own.unit**2 for own in maps]),
            gaps,
            np.stack([own.filling for own in maps]),
            lambda: _dense_columns(task, whole),
        )
        solver = FoldSolver(problem)
        Cs = Cs or grid_of_null(*solver.null(), design.unit, spec, n_C)
        path = solver.path(Cs, lambda share, before=repeat: tell((before + share) / repeats))  # type: ignore[misc]
        first = 0 if repeat == 0 else 1
        for m in range(first, len(terms)):
            corrects = changes_prior(spec) and spec.correct_prior
            shift = prior_shift(weight[m] * counts[m], counts[m], "reference") if corrects else ()
            failed += [(k, len(found)) for k in np.flatnonzero(~path.converged[:, m]).tolist()]
            own = maps[m].weights(path.weights[:, m])[:, :, None]
            found.append(PathModel(terms[m], off_the_intercepts(own, shift), "reference"))
        worst = max(worst, float(path.optimality[:, first:][path.converged[:, first:]].max(initial=0.0)))
        n_passes, n_hessians = n_passes + path.n_passes, n_hessians + path.n_hessians
    solver_words = f"{SOLVER} ({n_passes} passes, {n_hessians} Hessians)"
    return _mended(task, Fits(Cs, found[0], tuple(found[1:]), 0, worst, solver_words), failed)


def _without_dense(task: Task, whole: _Terms) -> Design:
    """The conditioned design of the training rows but for its dense columns: of a large table they would be held twice."""
    width = width_of(whole)
    unit, shift, dense_at = np.ones(width), np.zeros(width), []
    codes = np.empty((len(task.training), sum(isinstance(term, CategoryTerm) for term in whole)), np.int32, order="F")
    at = k = 1
    for term in whole:
        own, _ = design_of(task.frame, (term,), task.training, conditioned=True)
        unit[at : at + term.width], shift[at : at + term.width] = own.unit[1:], own.shift[1:]
        dense_at += (own.dense_at + (at - 1)).tolist()
        if own.codes.shape[1]:
            codes[:, k - 1] = np.where(own.codes[:, 0] >= 0, own.codes[:, 0] + (at - 1), -1)
            k += 1
        at += term.width
    return Design(np.empty((len(task.training), 0)), np.array(dense_at, np.intp), codes, width, unit, shift)


def _dense_columns(task: Task, whole: _Terms) -> Iterator[Floats]:
    """The dense columns of the conditioned design, made one after another."""
    for term in whole:
        if isinstance(term, NumberTerm):
            yield from design_of(task.frame, (term,), task.training, conditioned=True)[0].dense.T


def _mended(task: Task, fits: Fits, failed: list[tuple[int, int]]) -> Fits:
    """Fits again, by themselves, what the shared solver did not bring to its tolerance."""
    from pipeline.engine import fit_rows

    if not failed:
        return fits
    models = [fits.whole, *fits.folds]
    rows = [task.training, *(training for training, _ in task.folds)]
    worst, unconverged = fits.optimality, 0
    for k, m in failed:
        spec = replace(task.spec, C=fits.Cs[k])
        again = fit_rows(task.frame, task.classes, 2, rows[m], spec, lambda step, norm: None)
        models[m].weights[k : k + 1] = off_the_intercepts(again.weights[None], again.shift if spec.correct_prior else ())
        worst, unconverged = max(worst, again.fit.gradient_norm), unconverged + (not again.fit.converged)
    said = f"{len(failed):,} of {fits.n_fits:,} fits did not reach the tolerance together and were fitted by themselves."
    return replace(fits, n_unconverged=unconverged, optimality=worst, notes=(*fits.notes, said))


def _class_weight(task: Task, counts: NDArray[np.intp]) -> Floats:
    """The weights of a good and of a bad among rows with these counts, as `pipeline.engine` has them."""
    if task.spec.class_weight == "none":
        return np.ones(2)
    if task.spec.class_weight == "balanced":
        return np.asarray(counts.sum() / (2 * np.maximum(counts, 1)))
    return np.array(weights_of_classes(task.spec))


def _gaps(task: Task, whole: _Terms, design: Design) -> tuple[Gaps, dict[str, int]]:
    """Where numbers are missing, or codes; and the dense column of each number."""
    rows: list[NDArray[np.intp]] = []
    at_columns: list[NDArray[np.intp]] = []
    columns: dict[str, int] = {}
    place = {int(at): j for j, at in enumerate(design.dense_at)}
    at = 1
    for term in whole:
        if isinstance(term, NumberTerm):
            columns[term.field] = place[at]
            read = read_number(task.frame.columns[term.field], task.training, term.field, term.codes, term.log, term.order)
            missing = np.flatnonzero(np.isnan(read.numbers))
            rows.append(missing)
            at_columns.append(np.full(len(missing), place[at], np.intp))
        at += term.width
    if not rows:
        return Gaps(np.empty(0, np.intp), np.empty(0, np.intp)), columns
    return Gaps(np.concatenate(rows), np.concatenate(at_columns)), columns


class _Own:
    """How a model of some rows reads on the design of all: the unit of each of its columns there, its filling, its weights."""

    def __init__(self, own: _Terms, whole: _Terms, design: Design, columns: dict[str, int]) -> None:
        mine = {term.field: term for term in own}
        self.unit = design.unit.copy()
        self.filling = np.zeros(len(design.dense_at))
        centre = design.shift / design.unit  # what a weight of the design takes off the intercept
        taken = [0]
        at = 1
        for term in whole:
            kept = mine.get(term.field)
            if isinstance(term, NumberTerm) and isinstance(kept, NumberTerm):
                scale = term.scale * design.unit[at]  # value = scale · column + mean
                mean = term.mean + term.scale * design.shift[at]
                self.unit[at] = scale / kept.scale
                centre[at] = (mean - kept.mean) / scale
                self.filling[columns[term.field]] = (kept.fill - term.fill) / scale
            levels = {} if kept is None else {level: at + k for k, level in enumerate(term.column_levels)}
            taken += [levels[level] for level in (() if kept is None else kept.column_levels)]
            at += term.width
        self._centre, self._taken = centre, np.array(taken)

    def weights(self, weights: Floats) -> Floats:
        """Weights of the model's own columns, (C, its width), from those of the design's, (C, width)."""
        own = weights / self.unit
        own[:, 0] = weights[:, 0] - weights[:, 1:] @ self._centre[1:]
        return own[:, self._taken]
