"""Which rows train, which are kept apart a second time, and which are held out: at random, by date, or by whole groups."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec, quoted
from pipeline.folds import fold_numbers, folds_of, shuffled
from pipeline.outcome import Outcome
from pipeline.spec import TrainSpec
from pipeline.spec_sentences import too_little_left
from pipeline.split_column import group_numbers, groups_for, moment_text, moments, split_values
from pipeline.tallies import is_number

__all__ = ["Parts", "fold_numbers", "folds_of", "held_out", "parts_of"]

Rows = NDArray[np.intp]

# Beside the seed, so that the parts do not share their random numbers; 1 is that of the folds.
_VALIDATION_STREAM, _GROUP_STREAM, _UNSTRATIFIED_STREAM = 2, 3, 4


@dataclass(frozen=True)
class Parts:
    """The rows of a table (ascending row numbers) by what they are for; no row is in two of them.

    `groups` holds the group of every row of the table, -1 where it has none, or is null where rows were not split by group:
    `pipeline.folds.folds_of` takes it, so that a group stays in one fold. `words` say how rows were held out.
    """

    train: Rows
    validation: Rows
    test: Rows
    words: str
    warnings: tuple[str, ...] = ()
    groups: Rows | None = None

    @property
    def n_rows(self) -> int:
        return len(self.train) + len(self.validation) + len(self.test)


def parts_of(table: pa.Table, outcome: Outcome, spec: TrainSpec) -> Parts:
    """Training, validation and held-out rows of a table, as a spec asks for them.

    Parameters
    ----------
    table : pyarrow.Table
        Has the split's column where the spec names one.
    outcome : Outcome
        Only rows with an outcome are used.
    spec : TrainSpec
        `split`, `split_column`, `test_share`, `validation_share`, `stratify` and `seed`.

    Returns
    -------
    Parts
        At random: drawn within each class (`held_out`), or among all rows where `stratify` is off. By date: the held-out rows
        are the latest, the validation rows those before them; rows of one date stay on the later side, so that a part may be
        larger than its share. By group: whole groups, drawn by the seed, as near to the share as a pass over them comes.
        Rows without a date or group could stand on either side, so they are left out, which a warning counts.

    Raises
    ------
    InvalidSpec
        Where the column is absent, is the outcome, is of the wrong type or has too few values, the shares leave no training
        row, or the training rows lack a class.
    """
    too_little = too_little_left(spec.test_share, spec.validation_share)
    if too_little:
        raise InvalidSpec.one("validation_share", too_little)
    if spec.split == "random":
        parts = _at_random(outcome, spec)
    elif spec.split == "date":
        parts = _by_date(table, outcome, spec)
    else:
        parts = _by_group(table, outcome, spec)
    return _checked(parts, outcome, spec)


def held_out(classes: NDArray[np.intp], share: float, seed: int) -> tuple[Rows, Rows]:
    """Training and held-out rows, drawn at random within each class.

    Parameters
    ----------
    classes : ndarray of int, shape (n,)
        The class of each row, from 0.
    share : float
        Share of the rows to hold out, from 0 to below 1.
    seed : int
        The same seed gives the same rows with any version of numpy that keeps its PCG64 stream.

    Returns
    -------
    train, test : ndarray of int
        Ascending row numbers. Every class keeps at least one training row; the held-out rows of a class are its share,
        rounded half up.
    """
    if share == 0:
        return np.arange(len(classes)), np.empty(0, np.intp)
    generator = np.random.Generator(np.random.PCG64(seed))
    test = np.zeros(len(classes), bool)
    for label in range(int(classes.max()) + 1):
        members = np.flatnonzero(classes == label)
        taken = min(_rounded(share * len(members)), len(members) - 1)
        test[shuffled(members, generator)[:taken]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


def _at_random(outcome: Outcome, spec: TrainSpec) -> Parts:
    classes, n = outcome.classes, len(outcome.rows)
    if spec.stratify:
        rest, test = held_out(classes, spec.test_share, spec.seed)
        validation = _second_draw(classes, rest, spec)
        words = "at random within each class"
    else:
        generator = np.random.Generator(np.random.PCG64([spec.seed, _UNSTRATIFIED_STREAM]))
        order = shuffled(np.arange(n), generator)
        n_test = _rounded(spec.test_share * n)
        n_validation = _rounded(spec.validation_share * n)
        test, validation = order[:n_test], order[n_test : n_test + n_validation]
        words = "at random among all rows"
    return _parts(outcome, test, validation, words)


def _second_draw(classes: Rows, rest: Rows, spec: TrainSpec) -> Rows:
    """Validation rows drawn within each class from the rows that are not held out; the share is one of all rows."""
    if not spec.validation_share:
        return np.empty(0, np.intp)
    generator = np.random.Generator(np.random.PCG64([spec.seed, _VALIDATION_STREAM]))
    taken: list[Rows] = []
    for label in range(int(classes.max()) + 1):
        members = rest[classes[rest] == label]
        wanted = _rounded(spec.validation_share * int((classes == label).sum()))
        taken.append(shuffled(members, generator)[: min(wanted, len(members) - 1)])
    return np.concatenate(taken)


def _by_date(table: pa.Table, outcome: Outcome, spec: TrainSpec) -> Parts:
    name, values = split_values(table, outcome, spec)
    if values.null_count == len(values):
        raise InvalidSpec.one("split_column", f"'{name}' is empty in every row; choose another column.")
    if not (pa.types.is_temporal(values.type) or is_number(values.type)):
        raise InvalidSpec.one(
            "split_column",
            f"'{name}' holds neither dates nor numbers, so it has no order in time; choose a column of dates or numbers.",
        )
    order, known = moments(values)
    if not known.any():
        raise InvalidSpec.one("split_column", f"'{name}' is empty in every row; choose another column.")
    kept, warnings = _with_value(outcome, known, name, "date")
    order = order[known]
    ascending = np.sort(order, kind="stable")
    if ascending[0] == ascending[-1]:
        raise InvalidSpec.one("split_column", f"'{name}' takes one value only, so no row is later than others; choose another.")
    n = len(order)
    n_test, n_validation = _rounded(spec.test_share * n), _rounded(spec.validation_share * n)
    test = order >= ascending[n - n_test] if n_test else np.zeros(n, bool)
    before = ascending[: n - int(test.sum())]
    chosen = ~test & (order >= before[max(len(before) - n_validation, 0)]) if n_validation and len(before) else np.zeros(n, bool)
    if (test | chosen).all():
        raise InvalidSpec.one(
            "split_column",
            f"Rows of one value of '{name}' stay together, and the earliest fill the held-out share, so that none is left to "
            "train on; hold out less, or choose a column with more values.",
        )
    words = []
    for rows, what, asked in ((test, "", spec.test_share), (chosen, "validation ", spec.validation_share)):
        if rows.any():
            at = int(np.flatnonzero(known)[rows][np.argmin(order[rows])])
            achieved = _achieved(float(rows.mean()), asked)
            words.append(f"{what}from {moment_text(name, values, at)} on ({achieved})")
    return _parts(kept, np.flatnonzero(test), np.flatnonzero(chosen), "; ".join(words), warnings)


def _by_group(table: pa.Table, outcome: Outcome, spec: TrainSpec) -> Parts:
    name, values = split_values(table, outcome, spec)
    own = group_numbers(values)
    known = own >= 0
    if not known.any():
        raise InvalidSpec.one("split_column", f"'{name}' is empty in every row; choose another column.")
    kept, warnings = _with_value(outcome, known, name, "group")
    own = own[known]
    sizes = np.bincount(own)
    sides = 1 + (spec.test_share > 0) + (spec.validation_share > 0)
    n_groups = int((sizes > 0).sum())
    if n_groups < sides:
        raise InvalidSpec.one(
            "split_column", f"'{name}' has {n_groups} group(s), and whole groups for {sides} parts are needed; choose another."
        )
    generator = np.random.Generator(np.random.PCG64([spec.seed, _GROUP_STREAM]))
    order = shuffled(np.flatnonzero(sizes), generator)
    test = groups_for(order, sizes, spec.test_share * len(own), sides - 1)
    rest = order[~np.isin(order, test)]
    validation = groups_for(rest, sizes, spec.validation_share * len(own), 1)
    words = []
    for groups, what, asked in ((test, "", spec.test_share), (validation, "validation ", spec.validation_share)):
        if len(groups):
            achieved = _achieved(float(sizes[groups].sum() / len(own)), asked)
            words.append(f"{what}{len(groups):,} of {n_groups:,} whole groups of '{name}' ({achieved})")
    every = np.full(table.num_rows, -1, np.intp)
    every[kept.rows] = own
    parts = _parts(kept, np.flatnonzero(np.isin(own, test)), np.flatnonzero(np.isin(own, validation)), "; ".join(words), warnings)
    return replace(parts, groups=every)


def _with_value(outcome: Outcome, known: NDArray[np.bool_], name: str, what: str) -> tuple[Outcome, tuple[str, ...]]:
    """The rows whose side is known, and the sentence that counts the others."""
    if known.all():
        return outcome, ()
    absent = len(known) - int(known.sum())
    sentence = f"{absent:,} of {len(known):,} rows have no '{name}', the {what} that decides their side, and were left out."
    return replace(outcome, rows=outcome.rows[known], classes=outcome.classes[known]), (sentence,)


def _parts(outcome: Outcome, test: Rows, validation: Rows, words: str, warnings: tuple[str, ...] = ()) -> Parts:
    """Parts of positions among the outcome's rows, as row numbers of the table."""
    training = np.ones(len(outcome.rows), bool)
    training[test] = False
    training[validation] = False
    train, later, held = outcome.rows[training], outcome.rows[np.sort(validation)], outcome.rows[np.sort(test)]
    return Parts(train, later, held, words if len(test) or len(validation) else "", warnings)


def _checked(parts: Parts, outcome: Outcome, spec: TrainSpec) -> Parts:
    """Refuses training rows that lack a class; says which other part does."""
    n_classes = len(outcome.labels)
    counts = _class_counts(outcome, parts.train, n_classes)
    lacking = [label for label, count in zip(outcome.labels, counts, strict=True) if not count]
    if lacking:
        option, remedy = {
            "random": ("stratify", "Draw within each class, hold out less, or choose another seed."),
            "date": ("split_column", "Hold out less, or choose another column."),
            "group": ("split_column", "Hold out less, or choose another seed or column."),
        }[spec.split]
        said = f"No training row is {quoted(lacking)}: all such rows are held out or have no side. {remedy}"
        raise InvalidSpec.one(option, said)
    warnings = list(parts.warnings)
    for what, rows in (("held-out", parts.test), ("validation", parts.validation)):
        counts = _class_counts(outcome, rows, n_classes)
        lacking = [label for label, count in zip(outcome.labels, counts, strict=True) if not count]
        if len(rows) and lacking:
            warnings.append(
                f"None of the {len(rows):,} {what} rows is {quoted(lacking)}; figures that need each class are missing."
            )
    return replace(parts, warnings=tuple(warnings))


def _class_counts(outcome: Outcome, rows: Rows, n_classes: int) -> Rows:
    return np.bincount(outcome.classes[np.searchsorted(outcome.rows, rows)], minlength=n_classes)


def _rounded(count: float) -> int:
    return int(np.floor(count + 0.5))


def _achieved(share: float, asked: float) -> str:
    """`30.4% of the rows, 30% asked for`: whole dates and groups seldom give the share to the row."""
    came, wanted = _percent(share), _percent(asked)
    return f"{came} of the rows" if came == wanted else f"{came} of the rows, {wanted} asked for"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%".replace(".0%", "%")
