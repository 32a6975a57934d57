"""python -m pipeline evaluate MODEL.json FILE: how well a score and its decisions do on the rows of a file."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipeline.commands.evaluate_text import classes_text, evaluation_text
from pipeline.commands.judged_file import FILE_ROWS, PART, JudgedFile, add_judged_file, judged_file
from pipeline.commands.labelled_file import LabelledFile, labelled_file
from pipeline.commands.parsing import WrongUse, print_json
from pipeline.cutoffs.worth import Worth
from pipeline.evaluation.cutoff_metrics import classification_report, metrics_at, report_of_matrix
from pipeline.evaluation_results import Metrics, PartEvaluation, ScoreTable

if TYPE_CHECKING:
    from pipeline.cutoffs.amounts import AmountSums

NAME = "evaluate"
HELP = "metrics with intervals, calibration and cut-offs of a score on the rows of a file"

SAME_ROWS = "The cut-offs of the strategy are chosen on the very rows that they are reported on, which flatters them."
_TENTHS = tuple(k / 10 for k in range(1, 10))


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Judges the scores of a stored model, or those that a file holds already, against the outcome in the file: metrics with "
        "95% intervals, the decisions at a cut-off, calibration, and the cut-offs that rules would choose. Bad is the positive "
        "class: a true positive is a refused bad."
    )
    add_judged_file(parser)
    parser.add_argument("--gain", metavar="G", help=f"what an approved good brings; {Worth.gain:g} if not given")
    parser.add_argument("--loss", metavar="L", help=f"what an approved bad costs; {Worth.loss:g} if not given")
    parser.add_argument(
        "--amount", metavar="COLUMN", help="gain and loss are shares of this column's value instead of the same for all"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")


def run(arguments: argparse.Namespace) -> None:
    worth = Worth.parse({name: getattr(arguments, name) for name in ("gain", "loss", "amount")})
    if arguments.score is None and arguments.special_code:
        raise WrongUse("The model knows its special codes; leave --special-code out.")
    several = labelled_file(arguments)
    found = _of_two(judged_file(arguments), worth) if several is None else _of_classes(several)
    if arguments.json:
        print_json(found)
    else:
        print(evaluation_text(found) if several is None else classes_text(found))


def _of_two(file: JudgedFile, worth: Worth) -> dict[str, Any]:
    from pipeline.cutoffs.strategy import strategy
    from pipeline.evaluation.evaluating import evaluated

    told = evaluated(file.scores, file.cutoff, is_probability=file.is_probability, fitted_on=())
    if PART not in told.tables:
        raise WrongUse("No row of the file has both a score and an outcome.")
    table, evaluation, confusion = told.tables[PART], told.evaluations[0], told.confusions[PART]
    amounts = _amounts(file, worth, table)
    rows = strategy(
        table,
        table,
        worth,
        amounts=(amounts, amounts) if amounts else None,
        flatters=True,
        is_probability=file.is_probability,
        given={"given": file.cutoff},
    )
    return {
        **_head(file.labels, told.metrics[PART], evaluation),
        "cutoff": file.shown_cutoff,
        "scale": None if file.scale is None else asdict(file.scale),
        "confusion_matrix": asdict(confusion),
        "classification_report": [asdict(row) for row in classification_report(confusion, file.labels)],
        "at_cutoffs": [_at(file, table, place) for place in _TENTHS],
        "precision_recall": _average_precision(evaluation),
        "gains_table": [
            {**asdict(band), "highest": _shown(file, band.highest), "lowest": _shown(file, band.lowest)}
            for band in evaluation.gains
        ],
        "calibration": _calibration(evaluation),
        "worth": worth.to_json(),
        "strategy": [{**row.to_json(), "cutoff": _shown(file, row.cutoff)} for row in rows],
        "chosen_on_the_same_rows": True,
        "notices": [FILE_ROWS, SAME_ROWS, *file.notices],
    }


def _of_classes(file: LabelledFile) -> dict[str, Any]:
    """Three classes and more: figures over all classes and of each; there is no cut-off."""
    from pipeline.evaluation.class_intervals import class_intervals
    from pipeline.evaluation.classes import class_figures, confusion_matrix, figures_of_classes

    labels, classes, probability = file.labels, file.classes, file.probability
    metrics = figures_of_classes(classes, probability)
    matrix = confusion_matrix(classes, probability.argmax(axis=1), len(labels))
    evaluation = PartEvaluation(PART, metrics.n_rows, None, class_intervals(classes, probability))
    each = class_figures(classes, probability, labels)
    return {
        **_head(labels, metrics, evaluation),
        "cutoff": None,
        "confusion_matrix": {"labels": list(labels), "rows": [list(row) for row in matrix]},
        "classification_report": [asdict(row) for row in report_of_matrix(matrix, labels)],
        "calibration": None,
        "classes": [{name: value for name, value in asdict(one).items() if name != "roc"} for one in each],
        "strategy": [],
        "notices": [FILE_ROWS, *file.notices],
    }


def _head(labels: tuple[str, ...], metrics: Metrics, evaluation: PartEvaluation) -> dict[str, Any]:
    return {
        "labels": list(labels),
        "metrics": asdict(metrics),
        "intervals": {one.metric: [one.low, one.high] for one in evaluation.intervals},
        "interval_methods": {one.metric: one.method for one in evaluation.intervals},
    }


def _shown(file: JudgedFile, place: float | None) -> float | None:
    """A place on the scale in the units of the score."""
    return None if place is None else file.shown(place)


def _at(file: JudgedFile, table: ScoreTable, place: float) -> dict[str, Any]:
    found = metrics_at(table, place)
    return {
        "cutoff": _shown(file, place),
        **{figure.name: figure.value for figure in found.figures},
        "confusion_matrix": asdict(found.confusion),
        "intervals": {figure.name: [figure.low, figure.high] for figure in found.figures if figure.low is not None},
    }


def _average_precision(evaluation: PartEvaluation) -> dict[str, Any] | None:
    curve = evaluation.precision_recall
    return None if curve is None else {"average_precision": curve.average_precision, "low": curve.low, "high": curve.high}


def _calibration(evaluation: PartEvaluation) -> dict[str, Any] | None:
    if evaluation.calibration is None:
        return None
    parts, test = evaluation.brier, evaluation.hosmer_lemeshow
    return {
        **asdict(evaluation.calibration),
        "brier_parts": None if parts is None else asdict(parts),
        "hosmer_lemeshow": None if test is None else asdict(test),
    }


def _amounts(file: JudgedFile, worth: Worth, table: ScoreTable) -> "AmountSums | None":
    if worth.amount is None:
        return None
    from pipeline.cutoffs.amounts import AmountSums
    from pipeline.errors import InvalidSpec
    from pipeline.frame import numbers_of
    from pipeline.spec_sentences import no_column
    from pipeline.tallies import is_number

    names = file.table.schema.names
    if worth.amount not in names:
        raise InvalidSpec.one("amount", no_column([worth.amount], names))
    if not is_number(file.table.column(worth.amount).type):
        raise InvalidSpec.one("amount", f"'{worth.amount}' holds no numbers; choose a column of amounts.")
    is_bad, score = file.scores.of(PART)
    return AmountSums.of(is_bad, score, numbers_of(file.table.column(worth.amount))[file.scores.rows(PART)], table.cutoffs)
