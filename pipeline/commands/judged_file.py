"""A file whose rows have a score and an outcome: the score by a stored model, or by a column that holds it already."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.commands.opening import open_table, read_model
from pipeline.commands.parsing import WrongUse, add_special_codes, codes_of
from pipeline.commands.recipe_options import add_recipe_options
from pipeline.commands.unscored import check_all_scored
from pipeline.errors import InvalidSpec
from pipeline.frame import numbers_of
from pipeline.levels import level_order
from pipeline.results import ScoreScale
from pipeline.scores.row_scores import PARTS, Flags, RowScores
from pipeline.shown import short
from pipeline.spec import TrainSpec
from pipeline.spec_sentences import no_column
from pipeline.tallies import is_number

FILE_ROWS = "All rows of the file with an outcome are judged: if the model was trained on some of them, the figures flatter."
PART = "held_out"  # what the rows of a file count as: no fit saw them
_CUTOFF = 0.5


@dataclass(frozen=True)
class JudgedFile:
    """The rows of a file with their scores, all of them of the part held_out.

    `cutoff` is the place of the cut-off on `scale`, which is null for a model: probabilities are their own place. `shown_cutoff`
    is in the units of the score.
    """

    table: pa.Table
    target: str
    scores: RowScores
    labels: tuple[str, str]  # good, bad
    cutoff: float
    scale: ScoreScale | None
    notices: tuple[str, ...]

    @property
    def is_probability(self) -> bool:
        return self.scale is None or self.scale.is_probability

    @property
    def shown_cutoff(self) -> float:
        return self.shown(self.cutoff)

    def shown(self, place: float) -> float:
        """A place in the units of the score: the shortest number that lies there, as 660 and not 660.0000000000001."""
        if self.scale is None:
            return place
        score = self.scale.score(place)
        shorter = (float(f"{score:.{digits}g}") for digits in range(12, 17))
        return next((number for number in shorter if self.scale.place(number) == place), float(f"{score:.15g}"))


def add_judged_file(parser: argparse.ArgumentParser) -> None:
    """Adds MODEL.json FILE, what names a score in its place, the cut-off and how the file is read."""
    parser.usage = (
        "%(prog)s [options] MODEL.json FILE\n"
        "       %(prog)s [options] --score COLUMN --target COLUMN --bad LABEL --higher-is {good,bad} FILE"
    )
    parser.add_argument(
        "paths", type=Path, nargs="+", metavar="[MODEL.json] FILE", help="what train --out wrote, and a file with its columns"
    )
    parser.add_argument("--score", metavar="COLUMN", help="a column of the file that holds the score, in place of MODEL.json")
    parser.add_argument("--target", metavar="COLUMN", help="the outcome; that of the model if not given")
    parser.add_argument("--bad", metavar="LABEL", help="the label of the outcome that counts as bad; the model knows its own")
    parser.add_argument(
        "--higher-is", choices=("good", "bad"), help="what a high score means; may be left out of a --probability, of bad"
    )
    parser.add_argument(
        "--probability",
        action=argparse.BooleanOptionalAction,
        help="whether the score is a probability; one within 0 and 1 counts as such if not said",
    )
    parser.add_argument(
        "--cutoff",
        type=float,
        metavar="C",
        help="rows with that score and worse ones are refused; 0.5 for a probability, else as many rows as are bad",
    )
    add_special_codes(parser)
    add_recipe_options(parser)


def judged_file(arguments: argparse.Namespace) -> JudgedFile:
    """Reads the file and scores its rows.

    Raises WrongUse where the arguments do not go together, and a PipelineError where the file lacks what they name.
    """
    if arguments.score is None:
        if len(arguments.paths) != 2:
            raise WrongUse("Give MODEL.json and FILE, or --score COLUMN --target COLUMN --bad LABEL and FILE.")
        return _by_model(arguments, *arguments.paths)
    if len(arguments.paths) != 1:
        raise WrongUse("--score takes the place of MODEL.json; give the file alone.")
    absent = [name for name in ("target", "bad") if getattr(arguments, name) is None]
    if absent:
        raise WrongUse(f"--score needs {' and '.join(f'--{name}' for name in absent)}, which a model would know.")
    return _by_column(arguments, arguments.paths[0])


def _by_model(arguments: argparse.Namespace, model_path: Path, path: Path) -> JudgedFile:
    if any(given is not None for given in (arguments.bad, arguments.higher_is, arguments.probability)):
        raise WrongUse("The model knows its bad label and its direction; leave --bad, --higher-is and --probability out.")
    from pipeline.scores.monitoring import outcomes  # after the cheap checks

    model = read_model(model_path)
    if len(model.labels) != 2:
        raise WrongUse("The model has three classes or more; give one of two classes.")
    cutoff = _CUTOFF if arguments.cutoff is None else arguments.cutoff
    if not 0 <= cutoff <= 1:
        raise WrongUse(f"--cutoff {cutoff:g} is no probability; give a number from 0 to 1.")
    file = open_table(path, arguments)
    table, target = file.table(), arguments.target or model.target
    if target not in table.schema.names:
        raise InvalidSpec.one("target", no_column([target], table.schema.names))
    labels = (model.labels[0], model.labels[1])
    is_bad = outcomes(table.column(target), labels)
    if not (is_bad >= 0).any():
        raise InvalidSpec.one("target", f"No row has a '{short(target)}' of '{short(labels[0])}' or '{short(labels[1])}'.")
    absent = next((label for k, label in enumerate(labels) if not (is_bad == k).any()), None)
    if absent is not None:
        n = f"{int((is_bad >= 0).sum()):,}"
        raise InvalidSpec.one(
            "target", f"None of the {n} rows with a '{short(target)}' is '{short(absent)}'; rows of both are needed to judge by."
        )
    notices = [*file.notices, *_left_out(is_bad, f"'{short(target)}' that the model knows")]
    unseen = model.unseen(table)
    notices += [f"{n:,} value(s) of '{short(name)}' were not seen in training." for name, n in unseen.items()]
    score = model.probability_of_default(table)
    check_all_scored(score)
    scores = RowScores(np.full(len(is_bad), PARTS.index(PART), np.int8), is_bad, score)
    return JudgedFile(table, target, scores, labels, cutoff, None, tuple(notices))


def _by_column(arguments: argparse.Namespace, path: Path) -> JudgedFile:
    from pipeline.scores.outside_scores import AskedScore, judge_score  # after the cheap checks

    file = open_table(path, arguments)
    table, name = file.table(), arguments.score
    if name not in table.schema.names:
        raise InvalidSpec.one("score", no_column([name], table.schema.names))
    asks = is_number(table.column(name).type)  # what is none has no direction, and is refused by its reader
    if asks and arguments.higher_is is None and not arguments.probability:  # a wrong guess would turn every figure round
        raise WrongUse(
            f"Say what a high '{short(name)}' means: --higher-is bad (more risk) or --higher-is good (less risk); "
            "--probability alone says that it is the probability of bad."
        )
    guessed = arguments.probability is None
    is_probability = (
        _within_one(table.column(name), dict(codes_of(arguments)).get(name, ())) if guessed else arguments.probability
    )
    told = f"'{short(name)}' lies within 0 and 1 and counts as a probability of {arguments.higher_is}."
    cutoff = _CUTOFF if arguments.cutoff is None and is_probability else arguments.cutoff
    asked = AskedScore(arguments.higher_is or "bad", is_probability, cutoff)
    codes = tuple(entry for entry in codes_of(arguments) if entry[0] == name)
    spec = TrainSpec(
        target=arguments.target, bad_label=arguments.bad, features=(name,), special_codes=codes, test_share=0.0, folds=0
    )
    judged = judge_score(table, spec, asked, columns=file.columns)
    if judged.result.scale is None:
        raise AssertionError("a judged score has a scale")
    part = np.where(judged.row_scores.part >= 0, PARTS.index(PART), judged.row_scores.part).astype(np.int8)
    scores = RowScores(part, judged.row_scores.is_bad, judged.row_scores.score)
    labels = judged.result.data.labels
    notices = (*file.notices, *((told,) if is_probability and guessed else ()), *judged.result.warnings)
    scale = judged.result.scale
    return JudgedFile(table, arguments.target, scores, (labels[0], labels[1]), judged.spec.cutoff, scale, notices)


def _within_one(values: pa.ChunkedArray, codes: Sequence[tuple[str, str]]) -> bool:
    """Whether every number but special codes lies from 0 to 1; a column of no numbers is for its reader to refuse."""
    if not is_number(values.type):
        return True
    numbers = numbers_of(values)
    known = numbers[np.isfinite(numbers) & ~np.isin(numbers, [level_order(code)[1] for code, _ in codes])]
    return bool(len(known) and known.min() >= 0 and known.max() <= 1)


def _left_out(is_bad: Flags, what: str) -> list[str]:
    n = int((is_bad < 0).sum())
    return [f"{n:,} of {len(is_bad):,} rows have no {what} and were left out."] if n else []
