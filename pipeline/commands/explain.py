"""python -m pipeline explain MODEL.json FILE --row N: why a model gives one row of a file the score that it does."""

import argparse
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.commands.explain_text import explanation_text
from pipeline.commands.opening import add_model_and_file, open_table, read_model
from pipeline.commands.parsing import WrongUse, names_of, print_json
from pipeline.commands.recipe_options import add_recipe_options
from pipeline.errors import InvalidSpec, UnusableData, quoted
from pipeline.explain_results import AVERAGE, GOOD, ISOTONIC, OF_CLASS, PASSING, Background, Explanation, Reference, Value
from pipeline.explaining.exact import classes_of, explain
from pipeline.explaining.reasons import principal_reasons
from pipeline.explaining.row_values import row_values
from pipeline.explaining.unseen import counts_as
from pipeline.lime_results import LimeResult
from pipeline.model import FittedModel
from pipeline.outcome import known_classes
from pipeline.shown import short
from pipeline.spec_sentences import no_column

NAME = "explain"
HELP = "why a stored model gives one row of a file its score"

_CUTOFF, _SEED, _SAMPLES = 0.5, 0, 5_000
_ISOTONIC = "The probability follows from the log-odds by an isotonic recalibration, and not by the logistic function alone."
_FEWEST, _MOST, _MOST_SEED = 100, 100_000, 2**32 - 1


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Takes the log-odds of one row apart: what each field adds to, or takes from, those of a reference. All rows of the file "
        "are the background that the reference is counted from; those that the model was trained on give the figures that the "
        "application shows."
    )
    add_model_and_file(parser)
    parser.add_argument(
        "--row", type=int, required=True, metavar="N", help="the row to explain; the first one below the header is 1"
    )
    parser.add_argument(
        "--method",
        choices=("exact", "lime"),
        default="exact",
        help="lime adds LIME's weights to the exact account; exact if not given",
    )
    parser.add_argument("--seed", type=int, metavar="S", help=f"of LIME's samples; {_SEED} if not given")
    parser.add_argument("--samples", type=int, metavar="N", help=f"that LIME draws; {_SAMPLES:,} if not given")
    parser.add_argument(
        "--cutoff",
        type=float,
        metavar="C",
        help=f"rows with that probability of bad and more are refused; {_CUTOFF:g} if not given",
    )
    parser.add_argument(
        "--reference",
        metavar="KIND",
        default=AVERAGE,
        help="average, good, passing (by the least), or a class where there are three and more; average if not given",
    )
    parser.add_argument("--target", metavar="COLUMN", help="the outcome, for the reference good; that of the model if not given")
    parser.add_argument("--never", metavar="A,B,...", help="columns that count in the score but are never told as a reason")
    parser.add_argument(
        "--class", dest="label", metavar="LABEL", help="the class to explain, for three and more; if not given the first"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object and nothing else: row, log_odds, probability, decision, intercept, contributions, reference, "
        "principal_reasons, lime (null for exact), and after them what these rest on",
    )
    add_recipe_options(parser)


@dataclass(frozen=True)
class _Row:
    """The row that is explained, and what its file comes to."""

    number: int  # from 1
    values: dict[str, Value]
    background: Background
    notices: tuple[str, ...]


def run(arguments: argparse.Namespace) -> None:
    _check(arguments)
    model = read_model(arguments.model)
    label = _label(model, arguments)
    cutoff = _CUTOFF if arguments.cutoff is None else arguments.cutoff
    never = names_of(arguments.never) or []
    absent = [name for name in never if name not in model.fields]
    if absent:
        raise WrongUse(f"--never names {quoted(absent)}, which the model does not read.")
    with np.errstate(over="ignore", invalid="ignore"):  # of numbers that are too large, which are told
        row = _row(model, arguments, cutoff)
        reference = _reference(row.background, arguments)
        found = _found(model, row, _explained(model, row.values, reference, label), cutoff, never)
        if arguments.method == "lime":
            found["lime"] = _lime(model, row, label, arguments)
    if arguments.json:
        print_json(found)
    else:
        print(explanation_text(found))


def _check(arguments: argparse.Namespace) -> None:
    """Raises WrongUse for numbers that cannot be meant."""
    if arguments.row < 1:
        raise WrongUse(f"--row {arguments.row} is no row; the first one below the header is 1.")
    if arguments.cutoff is not None and not 0 <= arguments.cutoff <= 1:
        raise WrongUse(f"--cutoff {arguments.cutoff:g} is no probability; give a number from 0 to 1.")
    for name, low, high in (("seed", 0, _MOST_SEED), ("samples", _FEWEST, _MOST)):
        given = getattr(arguments, name)
        if given is None:
            continue
        if arguments.method != "lime":
            raise WrongUse(f"--{name} is for LIME; add --method lime.")
        if not low <= given <= high:
            raise WrongUse(f"--{name} is a whole number from {low:,} to {high:,}.")


def _label(model: FittedModel, arguments: argparse.Namespace) -> str | None:
    if arguments.label is None:
        return None
    if len(model.labels) == 2:
        raise WrongUse("The model has two classes, and its score is that of the bad one; leave --class out.")
    if arguments.label not in classes_of(model):
        raise WrongUse(f"--class '{short(arguments.label)}' is none of {', '.join(map(short, classes_of(model)))}.")
    return str(arguments.label)


def _row(model: FittedModel, arguments: argparse.Namespace, cutoff: float) -> _Row:
    from pipeline.explaining.background import background

    if len(model.labels) > 2 and arguments.cutoff is not None:
        raise WrongUse("The model has three classes or more, and no cut-off; leave --cutoff out.")
    file = open_table(arguments.file, arguments)
    if arguments.row > file.n_rows:
        raise WrongUse(f"There is no row {arguments.row:,}; the file has rows 1 to {file.n_rows:,}.")
    target = arguments.target or model.target
    if arguments.target is not None and target not in file.schema.names:
        raise InvalidSpec.one("target", no_column([target], file.schema.names))
    needed = [name for name in file.schema.names if name in {*model.fields, target}]
    table = pa.Table.from_batches([batch.select(needed) for batch in file.chunks()])
    score = model.probability_of_default(table) if len(model.labels) == 2 else None
    classes = known_classes(table.column(target), model.labels) if target in needed else np.full(file.n_rows, -1, np.intp)
    known = background(model, table, np.arange(file.n_rows), classes, score, cutoff if score is not None else None)
    one = table.slice(arguments.row - 1, 1)
    unseen = [
        f"The row's '{short(name)}' was not seen in training and counts as {counts_as(model, name)}."
        for name in model.unseen(one)
    ]
    return _Row(arguments.row, row_values(model.frame(one), 0), known, (*file.notices, *unseen))


def _reference(known: Background, arguments: argparse.Namespace) -> Reference:
    found = known.reference(arguments.reference) or known.reference(OF_CLASS + arguments.reference)
    if found is not None:
        return found
    if arguments.reference == GOOD and known.cutoff is not None:
        raise WrongUse("Fewer than five rows of the file are known to be good; name the column of the outcome with --target.")
    if arguments.reference == PASSING and known.cutoff is not None:
        few = f"Fewer than five rows of the file pass at the cut-off {known.cutoff:g}"
        raise WrongUse(f"{few}; choose another one, or --reference average.")
    there = ", ".join(one.kind.removeprefix(OF_CLASS) for one in known.references)
    raise WrongUse(f"--reference '{short(arguments.reference)}' is none of {there}.")


def _explained(model: FittedModel, values: Mapping[str, Value], reference: Reference, label: str | None = None) -> Explanation:
    """Raises UnusableData where a number of the row, or the mean of the reference, leaves the range of floats."""
    told = explain(model, values, reference, label)
    wild = [part.field for part in told.contributions if not math.isfinite(part.contribution)]
    if wild:
        raise UnusableData(f"The file has a number in {quoted(wild)} that is too large to count from.", fix="Mend it there.")
    return told


def _found(model: FittedModel, row: _Row, told: Explanation, cutoff: float, never: Sequence[str]) -> dict[str, Any]:
    is_credit = len(model.labels) == 2
    base = row.background.reference(PASSING) or row.background.reference(AVERAGE)
    reasons = principal_reasons(_explained(model, row.values, base), never) if is_credit and base is not None else ()
    return {
        "row": row.number,
        "log_odds": told.log_odds,
        "probability": told.probability,
        "decision": ("refuse" if told.probability >= cutoff else "approve") if is_credit else None,
        "intercept": told.intercept,
        "contributions": [
            {"field": part.field, "value": part.value, "contribution": part.contribution} for part in told.contributions
        ],
        "reference": told.reference,
        "principal_reasons": [
            {"rank": one.rank, "field": one.field, "value": one.value, "contribution": one.contribution} for one in reasons
        ],
        "lime": None,
        "label": told.label,
        "cutoff": cutoff if is_credit else None,
        "reasons_reference": base.words if is_credit and base is not None else None,
        "n_background": row.background.n_rows,
        "notices": [*row.notices, *([_ISOTONIC] if told.link == ISOTONIC else [])],
    }


def _lime(model: FittedModel, row: _Row, label: str | None, arguments: argparse.Namespace) -> dict[str, Any]:
    from pipeline.explaining.lime.explain import lime_explain
    from pipeline.explaining.lime.words import sentences

    average = row.background.reference(AVERAGE)
    if average is None:
        raise AssertionError("a file with rows has an average")
    found: LimeResult = lime_explain(
        model,
        row.background.lime,
        row.values,
        exact=explain(model, row.values, average, label),
        seed=_SEED if arguments.seed is None else arguments.seed,
        n_samples=_SAMPLES if arguments.samples is None else arguments.samples,
    )
    told = ("intercept", "local_r2", "seed", "local_prediction", "n_samples", "kernel_width", "n_seeds", "version")
    weights = [
        {"field": one.field, "rule": one.rule, "weight": one.weight, "low": one.low, "high": one.high, "at": one.at}
        for one in found.weights
    ]
    return {"weights": weights, **{name: getattr(found, name) for name in told}, "sentences": sentences(found)}
