"""The grid of a search: which options vary, and the cells that differ in what they would fit."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.errors import InvalidSpec
from pipeline.mappings import MAPPED
from pipeline.options import Option
from pipeline.spec import TrainSpec

GRID_OPTIONS = ("penalty", "C", "l1_ratio", "class_weight", "class_weights", "resampling", "degree")
MOST_CELLS = 300
MOST_FITS = 3_000
MOST_OF_PATH = 8  # cells that are fitted one after the other by one process
DEFAULT_FOLDS = 5

Grid = Mapping[str, Sequence[Any]]
Options = dict[str, Any]


@dataclass(frozen=True)
class Cells:
    """The cells of a grid, each as the options that differ from the base spec; and the combinations that cannot be fitted."""

    spec: TrainSpec  # the base, with folds
    grid: dict[str, tuple[Any, ...]]
    options: tuple[Options, ...]
    left_out: tuple[tuple[Options, str], ...]  # with the sentence that says why
    n_same: int  # combinations that are the fit of another cell, such as C under no penalty

    @property
    def n_fits(self) -> int:
        return len(self.options) * self.spec.folds * self.spec.fold_repeats

    def spec_of(self, number: int) -> TrainSpec:
        return cell_spec(self.spec, self.options[number])


def cells(spec: TrainSpec, grid: Grid) -> Cells:
    """The product of the grid's values, without those that would be the same fit again.

    Parameters
    ----------
    spec : TrainSpec
        All that does not vary. Without folds it gets 5: a search judges by cross-validation on the training rows.
    grid : mapping of option to values
        Options of `GRID_OPTIONS`. An option without values does not vary.

    Returns
    -------
    Cells
        In the order of the product, the first option varying slowest.

    Raises
    ------
    InvalidSpec
        Where an option may not vary or one of its values is wrong, where no cell is left or fewer than two folds, and where
        there are more than 300 cells or 3,000 fits.
    """
    if not spec.folds:
        spec = replace(spec, folds=DEFAULT_FOLDS)
    chosen = _values(grid)
    found: dict[tuple[Any, ...], Options] = {}
    refused: dict[tuple[Any, ...], tuple[Options, str]] = {}
    n_combinations = 1
    for values in chosen.values():
        n_combinations *= len(values)
    if n_combinations > 100 * MOST_CELLS:
        raise _too_many(chosen, f"{n_combinations:,} combinations")
    for combination in itertools.product(*chosen.values()):
        options = _that_matter(spec, dict(zip(chosen, combination, strict=True)))
        key = _same_fit(spec, options)
        if key in found or key in refused:
            continue
        try:
            cell_spec(spec, options)
        except InvalidSpec as error:
            refused[key] = (options, str(error))
        else:
            found[key] = {name: _plain(name, value) for name, value in options.items()}
    plain = {name: tuple(_plain(name, value) for value in values) for name, values in chosen.items()}
    made = Cells(spec, plain, tuple(found.values()), tuple(refused.values()), n_combinations - len(found) - len(refused))
    _check_size(made)
    return made


def paths(made: Cells) -> tuple[tuple[int, ...], ...]:
    """Cells that differ in C alone, from the strongest penalty, as numbers; at most 8 together, so that others share the work."""
    found: dict[str, list[int]] = {}
    for number, options in enumerate(made.options):
        found.setdefault(repr({name: value for name, value in options.items() if name != "C"}), []).append(number)
    ordered = [sorted(numbers, key=lambda number: made.options[number].get("C", 0.0)) for numbers in found.values()]
    return tuple(tuple(numbers[at : at + MOST_OF_PATH]) for numbers in ordered for at in range(0, len(numbers), MOST_OF_PATH))


def cell_spec(spec: TrainSpec, options: Mapping[str, Any]) -> TrainSpec:
    """The base with a cell's options. Raises InvalidSpec where they do not go together."""
    return TrainSpec.parse({**spec.to_json(), **options})


def declared(name: str) -> Option:
    """What is known about an option."""
    return next(option for option in TrainSpec.options() if option.name == name)


def matters(name: str, spec: TrainSpec, options: Mapping[str, Any]) -> bool:
    """Whether an option has an effect beside the others of a cell."""
    about = declared(name).matters_when
    if about is None:
        return True
    other, *values = about
    return str(options.get(other, getattr(spec, other))) in values


def _values(grid: Grid) -> dict[str, tuple[Any, ...]]:
    """Each option's values as their types, without repetition."""
    problems = {
        name: f"'{name}' does not vary in a search; what may is {', '.join(GRID_OPTIONS)}."
        for name in grid
        if name not in GRID_OPTIONS
    }
    chosen: dict[str, tuple[Any, ...]] = {}
    for name in GRID_OPTIONS:
        values = []
        for raw in grid.get(name) or ():
            try:
                values.append(declared(name).check(raw))
            except InvalidSpec as error:
                problems.setdefault(name, str(error))
        if values:
            chosen[name] = tuple(dict.fromkeys(values))
    if problems:
        raise InvalidSpec(problems)
    if not chosen:
        raise InvalidSpec.one("penalty", "Nothing varies: give at least one option more than one value.")
    return chosen


def _plain(name: str, value: Any) -> Any:
    """A value as JSON holds it."""
    kind = declared(name).kind
    return MAPPED[kind].json(value) if kind in MAPPED else value


def _that_matter(spec: TrainSpec, options: Options) -> Options:
    """Without what has no effect beside the rest: C under no penalty, a share of L1 outside the elastic net."""
    return {name: value for name, value in options.items() if matters(name, spec, options)}


def _same_fit(spec: TrainSpec, options: Options) -> tuple[Any, ...]:
    """Equal for cells that are the same fit: an elastic net without L1 is L2, one of L1 alone is L1."""
    key = dict(options)
    share = options.get("l1_ratio", spec.l1_ratio)
    if options.get("penalty", spec.penalty) == "elasticnet" and share in {0.0, 1.0}:
        key["penalty"] = "l1" if share else "l2"
        key.pop("l1_ratio", None)
    return tuple(sorted(key.items()))


def _check_size(made: Cells) -> None:
    if not made.options:
        raise InvalidSpec.one("penalty", f"None of the combinations can be fitted: {made.left_out[0][1]}")
    if made.spec.folds < 2:
        raise InvalidSpec.one("folds", "A search needs at least 2 folds.")
    if len(made.options) > MOST_CELLS:
        raise _too_many(made.grid, f"{len(made.options):,} combinations")
    if made.n_fits > MOST_FITS:
        raise _too_many(made.grid, f"{made.n_fits:,} fits")


def _too_many(grid: Grid, what: str) -> InvalidSpec:
    widest = max(grid, key=lambda name: len(grid[name]))
    return InvalidSpec.one(
        widest, f"The grid has {what}; a search may have {MOST_CELLS:,} combinations and {MOST_FITS:,} fits. Take fewer values."
    )


def constant(grid: Grid) -> tuple[str, ...]:
    """The options of a grid that have one value only: they tell no cell from another."""
    return tuple(name for name in GRID_OPTIONS if name in grid and len(grid[name]) == 1 and name != "class_weights")


def words(options: Mapping[str, Any], without: Sequence[str] = ()) -> str:
    """A cell in words: `L1, C 0.1, balanced weights, degree 2`."""
    said = [_WORDS[name](options[name]) for name in GRID_OPTIONS if name in options and name not in without]
    return ", ".join(word for word in said if word)


def _weights_words(weights: Any) -> str:
    return " and ".join(f"{label} × {weight:g}" for label, weight in dict(weights).items())


_WORDS: dict[str, Callable[[Any], str]] = {
    "penalty": {"none": "no penalty", "l2": "L2", "l1": "L1", "elasticnet": "elastic net"}.__getitem__,
    "C": lambda value: f"C {value:g}",
    "l1_ratio": lambda value: f"share of L1 {value:g}",
    "class_weight": {"none": "no weights", "balanced": "balanced weights", "given": ""}.__getitem__,
    "class_weights": _weights_words,
    "resampling": {
        "none": "no resampling",
        "over": "over-sampling",
        "under": "under-sampling",
        "smote": "SMOTE",
        "smotenc": "SMOTENC",
    }.__getitem__,
    "degree": lambda value: f"degree {value}",
}
