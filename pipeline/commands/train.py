"""python -m pipeline train FILE --target COLUMN: train and judge a model on a file."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pipeline.commands.opening import open_table
from pipeline.commands.parsing import WrongUse, add_special_codes, codes_of, names_of, print_json, why
from pipeline.commands.recipe_options import add_recipe_options
from pipeline.commands.run_text import run_text
from pipeline.commands.writing import writable, write_text
from pipeline.errors import InvalidSpec
from pipeline.mappings import MAPPED
from pipeline.options import Option
from pipeline.results import Coefficient, ColumnSummary, RunResult
from pipeline.roles import suggest_roles
from pipeline.shown import short
from pipeline.spec import TrainSpec
from pipeline.spec_checks import check

_OF_ENTRIES = (*MAPPED, "codes")  # kinds that are written with one entry on each line
_MOST_DIGITS = 300

_FEATURES = (
    "columns that the model may use; quote a name with a comma. Without it all but keys, dates, free text, constants and what "
    "by its name is known only after the outcome"
)

NAME = "train"
HELP = "train and judge a logistic regression on a file"


def add(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = "Trains a logistic regression on the table in a file and judges it on held-out rows."
    parser.epilog = _options_help()
    parser.add_argument("file", type=Path, metavar="FILE", help="delimited text (also in gzip or zip), Parquet or XLSX")
    parser.add_argument("--target", metavar="COLUMN", help="the outcome")
    parser.add_argument("--bad", metavar="LABEL", help="the label of the outcome that counts as bad")
    parser.add_argument("--features", metavar="A,B,...", help=_FEATURES)
    parser.add_argument("--categorical", metavar="A,B,...", help="columns of numbers that are codes")
    add_special_codes(parser)
    parser.add_argument("--test-share", metavar="S", help="share of the rows held out; 0 trains on all")
    parser.add_argument("--folds", metavar="K", help="folds of cross-validation; 0 leaves it out")
    parser.add_argument("--seed", metavar="N", help="fixes every random choice")
    parser.add_argument("--spec", type=Path, metavar="FILE.json", help="options to start from: an object, or a run.json")
    parser.add_argument("--set", metavar="OPTION=VALUE", action="append", default=[], help="any option; may be repeated")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write model.json and run.json to this directory")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    add_recipe_options(parser)


def run(arguments: argparse.Namespace) -> None:
    spec = TrainSpec.parse(_given(arguments))
    if arguments.out is not None:
        writable(arguments.out)
    table = open_table(arguments.file, arguments)
    columns = _with_roles(table.columns, spec.target)
    check(spec, columns)
    from pipeline.training import train  # after the cheap checks, so that a wrong option is told at once

    trained = train(table.table(), spec, columns=columns)
    shown = run_json(trained.spec, trained.result, table.notices)
    shown["model_sha256"] = trained.model.sha256
    if arguments.out is not None:
        write_text(arguments.out / "model.json", trained.model.to_json())
        write_text(arguments.out / "run.json", json.dumps(shown, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    if arguments.json:
        print_json(shown)
    else:
        print(run_text(trained.spec, trained.result, table.notices))


def _with_roles(columns: Sequence[ColumnSummary], target: str) -> tuple[ColumnSummary, ...]:
    """The columns with the roles that their names and summaries suggest, which say what is trained on where nobody does.

    Unlike `inspect`, nothing is left out for what it tells about the outcome: a column that separates the classes is told by
    the fit.
    """
    roles = suggest_roles(columns, None, target)
    return tuple(replace(column, role=roles[column.name][0], reason=roles[column.name][1]) for column in columns)


def _given(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options of the command line: those of --spec, over them --set, over those the flags of their own."""
    given = {} if arguments.spec is None else _of_file(arguments.spec)
    given |= _set(arguments.set)
    named = {
        "target": arguments.target,
        "bad_label": arguments.bad,
        "features": names_of(arguments.features),
        "categorical": names_of(arguments.categorical),
        "special_codes": codes_of(arguments) or None,
        "test_share": arguments.test_share,
        "folds": arguments.folds,
        "seed": arguments.seed,
    }
    return given | {name: value for name, value in named.items() if value is not None}


def _set(settings: Sequence[str]) -> dict[str, Any]:
    """What --set said. An option of several entries may be set once for each of them."""
    known = {option.name: option for option in TrainSpec.options()}
    given: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise WrongUse(f"--set takes OPTION=VALUE, and '{short(setting)}' has no '='.")
        if name not in known:
            raise InvalidSpec.one(short(name), f"There is no option '{short(name)}'; the options are {', '.join(known)}.")
        if known[name].kind == "columns":
            given[name] = names_of(value)
        elif known[name].kind in _OF_ENTRIES and isinstance(given.get(name), str) and value:
            given[name] = f"{given[name]}\n{value}"
        else:
            given[name] = _json(value) if known[name].kind in _OF_ENTRIES and value[:1] in {"{", "["} else value
    return given


def _json(text: str) -> Any:
    """The value of a JSON text; the text itself where it is none, for the option to refuse."""
    try:
        return json.loads(text, parse_int=_whole)
    except (ValueError, RecursionError):
        return text


def _whole(digits: str) -> int | str:
    """A whole number of JSON; as text where Python would refuse it, so that the option's own sentence tells of it."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _of_file(path: Path) -> dict[str, Any]:
    """The options that a JSON file holds: an object of them, or a run.json, whose `spec` they are."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"), parse_int=_whole)
    except OSError as error:
        raise WrongUse(f"The file '{short(str(path))}' cannot be read: {why(error)}.") from None
    except (ValueError, RecursionError):
        raise WrongUse(f"The file '{short(str(path))}' holds no JSON that could be options.") from None
    if isinstance(found, dict) and isinstance(found.get("spec"), dict):
        found = found["spec"]
    if not isinstance(found, dict):
        raise WrongUse(f"The file '{short(str(path))}' holds no options; it should hold an object with an entry for each.")
    return found


def _options_help() -> str:
    """Every option by group, with its values, its default, and with which others it has an effect."""
    lines = ["options of --set and --spec:"]
    for group in dict.fromkeys(option.group for option in TrainSpec.options()):
        lines += ["", f"  {group}"]
        for option in (one for one in TrainSpec.options() if one.group == group):
            lines += [f"  {option.name} {_values(option)}{_used_with(option)}", f"      {option.help}"]
    return "\n".join(lines).replace("%", "%%")


def _used_with(option: Option) -> str:
    conditions = [
        f"{name} {' or '.join(f'not {value[1:]}' if value.startswith('!') else value or 'not given' for value in values)}"
        for name, *values in filter(None, (option.matters_when, option.or_when))
    ]
    return f"; with {', or '.join(conditions)}" if conditions else ""


def _values(option: Option) -> str:
    default = "" if option.default in (None, "", ()) else f"; default {option.default}"
    if option.kind == "choice":
        return f" {' or '.join(option.values)}{default}"
    if option.kind in {"integer", "number"}:
        return f" {option.range_text()}{default}"
    if option.kind in MAPPED:
        return f" {MAPPED[option.kind].example}"
    told = {"flag": "yes or no", "columns": "A,B,...", "codes": "COLUMN:CODE=level,CODE=missing", "text": "text"}
    shown_default = (
        {True: "; default yes", False: "; default no"}.get(option.default, default) if option.kind == "flag" else default
    )
    return f" {told[option.kind]}{shown_default}"


def _calibration(stored: dict[str, Any]) -> dict[str, Any]:
    """On untouched rows: of the probabilities that the run gives, and without and with the correction where there is any."""
    given, before, after = (stored[name] for name in ("calibration", "calibration_before", "calibration_after"))
    return {"given": given, "before": before or (given if after else None), "after": after or (given if before else None)}


_OF_COEFFICIENTS = ("estimate", "estimate_standardised", "odds_ratio", "odds_ratio_sd", "unit", "vif", "univariate")
_OF_INFERENCE = ("std_error", "z", "p_value", "ci_low", "ci_high", "reason", "bootstrap_low", "bootstrap_high")


def run_json(spec: TrainSpec, result: RunResult, notices: tuple[str, ...]) -> dict[str, Any]:
    """A run as the command line prints it: plain JSON values."""
    stored = result.to_json()
    binary = result.data.bad_rate is not None
    return {
        "spec": spec.to_json(),
        "data": stored["data"],
        "metrics": {"train": stored["train"], "validation": stored["validation"], "test": stored["test"], **_folded(result)},
        "intervals": _intervals(result),
        "cross_validation": stored["cross_validation"],
        "confusion_matrix": _confusion(result, binary),
        "calibration": _calibration(stored),
        "prior_shift": stored["prior_shift"],
        "classes": [{name: value for name, value in row.items() if name != "roc"} for row in stored["classes"]],
        "separation": stored["separation"],
        "intercept": result.intercepts[0].estimate if binary else {row.label: row.estimate for row in result.intercepts},
        "intercept_inference": _inference(result.intercepts[0])
        if binary
        else {row.label: _inference(row) for row in result.intercepts},
        "coefficients": [
            {"class": row.label, "field": row.field, "level": row.level, "reference": row.reference}
            | {name: getattr(row, name) for name in _OF_COEFFICIENTS}
            | _inference(row)
            for row in result.coefficients
        ],
        "fit": stored["fit"],
        "warnings": [*notices, *result.warnings],
        "versions": result.versions,
    }


def _folded(result: RunResult) -> dict[str, Any]:
    """The metrics of the training rows by the models of the folds that they were not in, where there are folds."""
    told = result.evaluation("cross_validated")
    return {} if told is None or told.metrics is None else {"cross_validated": asdict(told.metrics)}


def _intervals(result: RunResult) -> dict[str, dict[str, list[float]]]:
    """[low, high] of each metric, for each part of the rows."""
    names = {"training": "train", "held_out": "test"}
    told = ((names.get(one.part, one.part), one.intervals) for one in result.evaluations)
    return {part: {one.metric: [one.low, one.high] for one in intervals} for part, intervals in told}


def _confusion(result: RunResult, binary: bool) -> dict[str, Any] | None:
    if result.test is None:
        return None
    if binary and result.confusion_test is not None:
        return vars(result.confusion_test).copy()
    return {"labels": list(result.data.labels), "rows": [list(row) for row in result.confusion_matrix or ()]}


def _inference(row: Coefficient) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _OF_INFERENCE}
