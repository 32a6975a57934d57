"""python -m pipeline segments MODEL.json FILE --by COLUMN[,COLUMN]: how decisions fall on groups of rows."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from pipeline.commands.judged_file import FILE_ROWS, PART, JudgedFile, add_judged_file, judged_file
from pipeline.commands.parsing import WrongUse, codes_of, names_of, print_json
from pipeline.commands.segments_text import segments_text
from pipeline.segment_results import Estimate, SegmentRates, SegmentTable
from pipeline.segments.rating import LEAST_OF_CLASS, LEAST_ROWS
from pipeline.shown import short
from pipeline.special_codes import SpecialCodes

NAME = "segments"
HELP = "rates, calibration and fairness of groups of rows"

_SHOWN = 8  # segments in a sentence
RATES = (
    *("bad_rate", "approval_rate", "true_positive_rate", "false_positive_rate", "false_negative_rate", "precision"),
    *("bad_rate_of_approved", "auc", "observed_expected", "mean_score"),
)
BESIDE = (
    *("adverse_impact_ratio", "approval_gap", "good_approval_gap", "false_positive_gap", "false_negative_gap"),
    "standardised_difference",
)


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Judges the decisions at a cut-off on groups of rows. Bad is the positive class: a true positive is a refused bad. "
        "The favourable outcome is to be approved."
    )
    add_judged_file(parser)
    parser.add_argument(
        "--by",
        metavar="COLUMN[,COLUMN]",
        action="append",
        required=True,
        help="a column of groups, or up to three crossed; may be repeated",
    )
    parser.add_argument("--reference", metavar="LEVEL", help="the group that others are compared with; else the most approved")
    parser.add_argument(
        "--bins", metavar="COLUMN:A,B,...", action="append", default=[], help="inner edges for a column of numbers"
    )
    parser.add_argument("--categorical", metavar="A,B,...", help="columns of numbers that are codes")
    parser.add_argument(
        "--least-rows", type=int, default=LEAST_ROWS, metavar="N", help="fewer rows get no rate; %(default)s if not given"
    )
    parser.add_argument(
        "--least-of-class", type=int, default=LEAST_OF_CLASS, metavar="N", help="so for bads and goods; %(default)s if not given"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")


def run(arguments: argparse.Namespace) -> None:
    groups = tuple(tuple(names_of(text) or ()) for text in arguments.by)
    bins = dict(map(_edges, arguments.bins))
    least = {"least_rows": arguments.least_rows, "least_of_class": arguments.least_of_class}
    if min(least.values()) < 1:
        raise WrongUse("--least-rows and --least-of-class take a whole number from 1.")
    file = judged_file(arguments)
    if any(file.target in names for names in groups):
        raise WrongUse(
            f"--by: '{short(file.target)}' is the outcome itself, so it makes no groups to judge; name another column."
        )
    table = _table(file, groups, bins, names_of(arguments.categorical) or (), codes_of(arguments))
    from pipeline.segments.rating import rates, whole_rates

    reference = _reference(arguments.reference, table, arguments.least_rows)
    found = rates(table, file.cutoff, reference=reference, **least)
    whole = whole_rates(table, file.cutoff, **least)
    if arguments.json:
        print_json({**_head(file, table), **least, "all": _plain(whole, file), "segments": [_plain(one, file) for one in found]})
    else:
        print(segments_text(table, found, whole, file))


def _table(
    file: JudgedFile,
    groups: tuple[tuple[str, ...], ...],
    bins: dict[str, list[float]],
    categorical: Sequence[str],
    codes: SpecialCodes,
) -> SegmentTable:
    from pipeline.evaluation.metrics import Ranking
    from pipeline.evaluation.score_tables import cutoffs_of
    from pipeline.segments.counting import segment_table

    cutoffs = cutoffs_of(Ranking.of(*file.scores.of(PART)), file.cutoff)
    return segment_table(
        file.scores,
        file.table,
        groups,
        part=PART,
        labels=file.labels,
        cutoffs=tuple(map(float, cutoffs)),
        is_probability=file.is_probability,
        bins=bins,
        categorical=categorical,
        special_codes=codes,
    )


def _edges(text: str) -> tuple[str, list[float]]:
    name, _, numbers = text.rpartition(":")
    try:
        return name.strip(), [float(number) for number in numbers.split(",")]
    except ValueError:
        raise WrongUse(f"--bins takes COLUMN:A,B,... with numbers, such as age:20,30,40, and not '{text}'.") from None


def _reference(level: str | None, table: SegmentTable, least_rows: int) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The reference of each group that has such a segment; for crossed columns levels stand between commas."""
    if level is None:
        return {}
    asked = {(level,), tuple(names_of(level) or ())}
    found = [one for one in table.segments if one.levels in asked]
    if not found:
        known = list(dict.fromkeys(", ".join(one.levels) for one in table.segments))
        more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
        raise WrongUse(f"--reference: there is no segment '{level}'; segments are {'; '.join(known[:_SHOWN])}{more}.")
    few = next((one for one in found if one.n_rows < least_rows), None)
    if few is not None:
        raise WrongUse(
            f"--reference: '{level}' has {few.n_rows:,} rows, fewer than the {least_rows:,} that a comparison takes; "
            "name a larger segment, or lower --least-rows."
        )
    return {one.by: one.levels for one in found}


def _head(file: JudgedFile, table: SegmentTable) -> dict[str, Any]:
    return {
        "n_rows": table.n_rows,
        "n_bad": table.n_bad,
        "labels": list(table.labels),
        "cutoff": file.shown_cutoff,
        "scale": None if file.scale is None else asdict(file.scale),
        "left_out": [{"by": by, "why": why} for by, why in table.left_out],
        "binned": [{"column": name, "how": how} for name, how in table.binned],
        "notices": [FILE_ROWS, *file.notices],
    }


def _in_units(mean: Estimate, file: JudgedFile) -> Estimate:
    """The mean place on the scale as a mean of the scores themselves."""
    if file.scale is None or mean.value is None:
        return mean
    if mean.low is None or mean.high is None:
        return replace(mean, value=file.shown(mean.value))
    low, high = sorted((file.shown(mean.low), file.shown(mean.high)))
    return replace(mean, value=file.shown(mean.value), low=low, high=high)


def _plain(one: SegmentRates, file: JudgedFile) -> dict[str, Any]:
    """A segment as JSON: `intervals` and `too_few` have an entry for each figure that has one."""
    figures: dict[str, Estimate] = {name: getattr(one, name) for name in RATES}
    figures["mean_score"] = _in_units(one.mean_score, file)
    if one.fairness is not None:
        figures |= {name: getattr(one.fairness, name) for name in BESIDE}
    shown: dict[str, Any] = {name: estimate.value for name, estimate in figures.items()}
    return {
        "by": dict(zip(one.by, one.levels, strict=True)),
        "n": one.n_rows,
        "n_bad": one.n_bad,
        "confusion_matrix": {"tn": one.tn, "fp": one.fp, "fn": one.fn, "tp": one.tp},
        **dict.fromkeys(BESIDE),
        **shown,
        **({"adverse_impact_ratio": 1.0} if one.is_reference else {}),
        "below_four_fifths": one.fairness.below_four_fifths if one.fairness else None,
        "is_reference": one.is_reference,
        "intervals": {name: [e.low, e.high] for name, e in figures.items() if e.low is not None and math.isfinite(e.low)},
        "too_few": {name: estimate.too_few for name, estimate in figures.items() if estimate.too_few},
    }
