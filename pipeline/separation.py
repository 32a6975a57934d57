"""Whether the classes are separated, so that the likelihood has no maximum: by which columns, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import quoted
from pipeline.fitting import Fit, Problem
from pipeline.frame import Floats
from pipeline.results import Separation
from pipeline.separating import MOST_UNKNOWNS, Search
from pipeline.terms import Design, Term
from pipeline.terms.columns import Column, columns_of

_MOST = 10  # separations told
_MOST_TRIED = 60  # fields that are tried without, one programme each
_REMEDY = "Leave {it} out, {group}or use a penalty."
_LEAK = "A column that tells the outcome without a mistake is often known only after it: check whether it may be used."


@dataclass(frozen=True)
class Verdict:
    """What separates the classes; `decided` is false where a search was too large to be finished, which is no proof of none."""

    found: tuple[Separation, ...]
    decided: bool = True


def separations(problem: Problem, fit: Fit, terms: Sequence[Term], labels: Sequence[str]) -> Verdict:
    """Finds complete and quasi-complete separation of the rows that a fit saw.

    Parameters
    ----------
    problem : Problem
        What was fitted; with a penalty the estimate exists, and nothing is searched.
    fit : Fit
        Where the fit ended; only says where to begin, so that the answer does not depend on it.
    terms : sequence of Term
        Give the columns their names.
    labels : sequence of str, length n_classes
        In the order of the classes.

    Returns
    -------
    Verdict
        One Separation for each category's level, number or smallest set of columns that separates. Levels with one class only
        and numbers whose ranges do not overlap are found by counting; the rest by linear programmes over all rows.

    Notes
    -----
    Definitions: Albert and Anderson (1984), Biometrika 71, 1-10. For one against rest, each class is looked at against all
    others. After a quasi-complete separation the rows that it tells apart are set aside and the rest is searched again, as the
    likelihood's limit does.
    """
    if problem.penalised:
        return Verdict(())
    if problem.link != "one_vs_rest":
        return _Hunt(problem, fit, terms, labels, problem.classes, None).run()
    found: list[Separation] = []
    decided = True
    for k, label in enumerate(labels):
        rest = f"not {label}"
        verdict = _Hunt(problem, fit, terms, (rest, label), (problem.classes == k).astype(np.intp), k).run()
        found += [each for each in verdict.found if each not in found]
        decided &= verdict.decided
    return Verdict(tuple(found[:_MOST]), decided)


class _Hunt:
    """One search for all that separates some classes."""

    def __init__(
        self,
        problem: Problem,
        fit: Fit,
        terms: Sequence[Term],
        labels: Sequence[str],
        classes: NDArray[np.intp],
        column: int | None,
    ) -> None:
        self.design: Design = problem.design
        self.labels = tuple(labels)
        n, n_classes = len(classes), len(labels)
        counts = np.ones(n, bool) if problem.row_weights is None else problem.row_weights > 0
        pairs = np.ones((n, n_classes), bool) & counts[:, None]
        pairs[np.arange(n), classes] = False
        self.columns = [Column("(intercept)", "(intercept)", None, None, ()), *columns_of(tuple(terms))]
        active = np.setdiff1d(np.arange(self.design.width), fit.aliased)
        if len(active) * (n_classes - 1) > MOST_UNKNOWNS and 0 < len(fit.diverging) < MOST_UNKNOWNS // n_classes:
            active = np.union1d([0], fit.diverging)  # too many for a programme: those that grew are looked at
        self.search = Search(self.design, classes, pairs, active)
        self.weights = np.zeros((self.design.width, n_classes))
        if column is not None:
            self.weights[:, 1] = fit.point.weights[:, column]
        elif fit.point.weights.shape[1] == n_classes - 1:
            self.weights[:, 1:] = fit.point.weights
        self.found: list[Separation] = []

    def run(self) -> Verdict:
        self._levels()
        if len(self.labels) == 2 and not self._wholly_told():
            self._numbers()
        if self._wholly_told():
            return Verdict(tuple(each for each in self.found if each.complete), self.search.decided)
        everything = set(self.search.columns.tolist())
        if not self.found or self.search.open.any():
            self.search.start(self.weights)
            if not self.found and (direction := self.search.separate(everything, wholly=True)) is not None:
                self._tell_joint(self._smallest(direction, wholly=True), complete=True)
                return Verdict(tuple(self.found), self.search.decided)
        while len(self.found) < _MOST and self.search.open.any():
            direction = self.search.separate(everything)
            if direction is None:
                break
            fields = self._smallest(direction, wholly=False)
            self._tell_joint(fields, complete=False)
            self._close(self.search.separate(self._columns_of(fields)))
        return Verdict(tuple(self.found), self.search.decided)

    def _wholly_told(self) -> bool:
        return any(each.complete for each in self.found)

    def _levels(self) -> None:
        """Levels of categories in which a class has no row; again while one is found, because it sets rows aside."""
        before = -1
        while before < len(self.found) < _MOST and not self._wholly_told():
            before = len(self.found)
            for k in range(self.design.codes.shape[1]):
                self._levels_of(k)

    def _levels_of(self, k: int) -> None:
        n_classes = len(self.labels)
        in_use = self.search.open.any(axis=1)
        codes = self.design.codes[in_use, k].astype(np.intp)
        where = np.where(codes < 0, 0, codes)  # 0: the reference level, which has no column
        cells = where * n_classes + self.search.classes[in_use]
        counts = np.bincount(cells, minlength=self.design.width * n_classes).reshape(-1, n_classes)
        positions = np.flatnonzero(counts.sum(axis=1) > 0)
        if not (positions > 0).any() or not self._alone(positions):
            return
        lacking = counts[positions] == 0
        if n_classes == 2 and lacking.any(axis=1).all() and in_use.all():
            self.found.append(self._whole_category(self.columns[int(positions.max())].field, len(positions)))
            return
        for position, none in zip(positions, lacking, strict=True):
            if none.any():
                self._tell_level(k, self.columns[int(positions.max())], int(position), counts[position])

    def _alone(self, positions: NDArray[np.intp]) -> bool:
        """Whether some levels belong to one field whose columns are all free to move."""
        fields = {self.columns[int(at)].field for at in positions if at > 0}
        free = set(self.search.columns.tolist())
        return len(fields) == 1 and all(int(at) in free for at in positions)

    def _tell_level(self, k: int, of: Column, position: int, counts: NDArray[np.intp]) -> None:
        field = of.field
        level = self.columns[position].level if position else of.reference
        if level is None:  # rows without a column where every level has one
            return
        name = f"'{field} = {level}'" + ("" if position else " (the reference level)")
        absent = [label for label, count in zip(self.labels, counts, strict=True) if not count]
        present = [label for label, count in zip(self.labels, counts, strict=True) if count]
        n = int(counts.sum())
        if len(present) == 1:
            said = f"each of its {n:,} rows is {present[0]}" if n > 1 else f"its one row is {present[0]}"
        else:
            said = f"none of its {n:,} rows is {quoted(absent)}"
        sentence = (
            f"{name} separates the classes (quasi-complete separation): {said}, so its coefficient has no finite estimate. "
            + _REMEDY.format(it=f"'{field}'", group="group the level with others, ")
        )
        self.found.append(Separation(field, level, False, sentence, (field,)))
        codes = self.design.codes[:, k]
        rows = codes < 0 if position == 0 else codes == position
        self.search.open[np.ix_(rows, counts == 0)] = False

    def _whole_category(self, field: str, n_levels: int) -> Separation:
        sentence = (
            f"'{field}' separates the classes completely: each of its {n_levels} levels holds one class only. {_LEAK} "
            + _REMEDY.format(it="it", group="")
        )
        return Separation(field, None, True, sentence, (field,))

    def _numbers(self) -> None:
        """Numbers of which one class lies at or above a value and the other at or below it."""
        rows = self.search.open.any(axis=1)
        bad = self.search.classes == 1
        free = set(self.search.columns.tolist())
        for at, position in enumerate(self.design.dense_at):
            if int(position) not in free:
                continue
            values = self.design.dense[:, at]
            lows = [values[rows & side] for side in (~bad, bad)]
            if not (len(lows[0]) and len(lows[1])):
                return
            (good_low, good_high), (bad_low, bad_high) = ((float(part.min()), float(part.max())) for part in lows)
            rising, falling = bad_low >= good_high, bad_high <= good_low
            if not (rising or falling) or good_low == good_high == bad_low == bad_high:
                continue
            edge = good_high if rising else good_low
            complete = bad_low > good_high if rising else bad_high < good_low
            other = bad_low if rising else bad_high
            self._tell_number(int(position), edge, other, complete and bool(rows.all()), rising=rising)
            if not complete:
                beyond = rows & (values != edge)
                self.search.open[beyond] = False
                rows = rows & ~beyond

    def _tell_number(self, position: int, edge: float, other: float, complete: bool, *, rising: bool) -> None:
        column = self.columns[position]
        good, bad = self.labels
        name = f"'{column.field}'" if column.level is None else f"'{column.field} = {column.level}'"
        kind = "completely" if complete else "(quasi-complete separation)"
        upper, lower = (bad, good) if rising else (good, bad)
        ends = "the one lies above the other" if complete else "they meet in one value only, in which both may stand"
        sentence = (
            f"{name} separates the classes {kind}: all {upper} have higher values than all {lower}; {ends}. "
            f"Its coefficient has no finite estimate. {_LEAK + ' ' if complete else ''}"
            + _REMEDY.format(it="it" if column.level is None else f"'{column.field}'", group="")
        )
        self.found.append(Separation(column.field, column.level, complete, sentence, (column.field,)))

    def _columns_of(self, fields: Sequence[str]) -> set[int]:
        return {0} | {j for j, column in enumerate(self.columns) if column.field in fields}

    def _smallest(self, direction: Floats, *, wholly: bool) -> list[str]:
        """Fields of which none can be spared: each is tried without, the one that moves the margins least first.

        Of more than 60 fields all are told: with so many columns for so few rows it is their number that separates.
        """
        strength: dict[str, float] = {}
        for j in np.flatnonzero(np.abs(direction).max(axis=1) > 0):
            if j:
                strength[self.columns[j].field] = max(strength.get(self.columns[j].field, 0.0), float(np.abs(direction[j]).max()))
        fields = sorted(strength, key=lambda name: strength[name])
        needed = list(fields)
        for name in fields if len(fields) <= _MOST_TRIED else ():
            without = [other for other in needed if other != name]
            if self.search.separate(self._columns_of(without), wholly=wholly) is not None:
                needed = without
        order = [column.field for column in self.columns]
        return sorted(needed, key=order.index)

    def _tell_joint(self, fields: Sequence[str], *, complete: bool) -> None:
        together = len(fields) > 1
        names = quoted(fields, 6) if fields else "The intercept"
        kind = "completely" if complete else "(quasi-complete separation)"
        said = (
            "a weighted sum of them is higher for every row of one class than for any of another"
            if complete
            else "a weighted sum of them never ranks two rows wrongly, and ties where it does not tell them apart"
        )
        if not together:
            said = said.replace("of them ", "of its columns ")
        sentence = (
            f"{names} {'together separate' if together else 'separates'} the classes {kind}: {said}. "
            f"{'Their coefficients have' if together else 'Its coefficient has'} no finite estimate. "
            + (_LEAK + " " if complete else "")
            + ("Use fewer columns, or a penalty." if together else _REMEDY.format(it="it", group=""))
        )
        self.found.append(Separation(fields[0] if fields else "(intercept)", None, complete, sentence, tuple(fields)))

    def _close(self, direction: Floats | None) -> None:
        """Sets the pairs aside that a direction tells apart; all, where it could not be found again."""
        if direction is None:
            self.search.open[:] = False
            return
        self.search.open &= ~(self.search.margins(direction) > 1e-6)
