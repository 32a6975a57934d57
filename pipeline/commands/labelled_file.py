"""A file whose rows a model of three classes and more gives probabilities to, and which holds what they are."""

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.commands.opening import open_table, read_model
from pipeline.commands.parsing import WrongUse
from pipeline.commands.unscored import check_all_scored
from pipeline.errors import InvalidSpec, quoted
from pipeline.frame import Floats
from pipeline.outcome import known_classes
from pipeline.shown import short
from pipeline.spec_sentences import no_column

_OF_TWO = ("cutoff", "bad", "higher_is", "probability", "gain", "loss", "amount")  # options that need two classes


@dataclass(frozen=True)
class LabelledFile:
    """The rows of a known class: `classes` (n,) is the place in `labels`, `probability` (n, n_classes) in their order."""

    labels: tuple[str, ...]
    classes: NDArray[np.intp]
    probability: Floats
    notices: tuple[str, ...]


def labelled_file(arguments: argparse.Namespace) -> LabelledFile | None:
    """Reads the file and scores its rows; None where what is asked for is no model of three classes and more.

    Raises WrongUse where the arguments do not go together, and a PipelineError where the file lacks what the model names.
    """
    if arguments.score is not None or len(arguments.paths) != 2:
        return None
    model = read_model(arguments.paths[0])
    if len(model.labels) == 2:
        return None
    given = [f"--{name.replace('_', '-')}" for name in _OF_TWO if getattr(arguments, name) is not None]
    if given:
        raise WrongUse(f"The model tells {len(model.labels)} classes apart and has no cut-off; leave {' and '.join(given)} out.")
    file = open_table(arguments.paths[1], arguments)
    table, target = file.table(), arguments.target or model.target
    if target not in table.schema.names:
        raise InvalidSpec.one("target", no_column([target], table.schema.names))
    classes = known_classes(table.column(target), model.labels)
    known = np.flatnonzero(classes >= 0)
    if not len(known):
        raise InvalidSpec.one("target", f"No row has a '{short(target)}' of {quoted(model.labels)}.")
    notices = [*file.notices]
    if len(known) < len(classes):
        notices.append(f"{len(classes) - len(known):,} of {len(classes):,} rows have no '{short(target)}' that the model knows.")
    notices += [f"{n:,} value(s) of '{short(name)}' were not seen in training." for name, n in model.unseen(table).items()]
    probabilities = model.probabilities(table)
    check_all_scored(probabilities)
    return LabelledFile(model.labels, classes[known], probabilities[known], tuple(notices))
