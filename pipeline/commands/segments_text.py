"""Segments as text for a terminal."""

from collections.abc import Sequence

from pipeline.commands.judged_file import FILE_ROWS, JudgedFile
from pipeline.commands.texts import aligned
from pipeline.segment_results import Estimate, SegmentRates, SegmentTable

_HEADS = ("rows", "bad rate", "approved", "TPR", "FPR", "FNR", "precision", "AUC", "obs/exp", "ratio", "95% interval", "")


def segments_text(table: SegmentTable, found: Sequence[SegmentRates], whole: SegmentRates, file: JudgedFile) -> str:
    """The segments of each group in aligned columns, and what should be known about them."""
    decided = f"refused at the cut-off {file.shown_cutoff:g} and worse"
    head = f"{table.n_rows:,} rows, {table.n_bad:,} bad ('{table.labels[1]}'); {decided}"
    parts = [head, aligned([("", *_HEADS[:9]), ("all", *_cells(whole))])]
    for by in table.by:
        rows = [(f"  {', '.join(one.levels)}", *_cells(one), *_beside(one)) for one in found if one.by == by]
        if rows:
            parts.append(aligned([(" × ".join(by), *_HEADS), *rows]))
    notes = [
        "TPR: bads refused of all bads. FPR: goods refused of all goods. FNR: bads approved of all bads.",
        "Ratio: approval rate over that of the reference.",
        *(f"{name}: {how}." for name, how in table.binned),
        *(f"{name}: {why}" for name, why in table.left_out),
        *dict.fromkeys(f"{', '.join(one.levels)}: {_few(one)}." for one in found if _few(one)),
        FILE_ROWS,
        *file.notices,
    ]
    return "\n\n".join([*parts, "\n".join(notes)])


def _cells(one: SegmentRates) -> tuple[str, ...]:
    return (
        f"{one.n_rows:,}",
        *map(_share, (one.bad_rate, one.approval_rate, one.true_positive_rate, one.false_positive_rate)),
        *map(_share, (one.false_negative_rate, one.precision)),
        *map(_number, (one.auc, one.observed_expected)),
    )


def _beside(one: SegmentRates) -> tuple[str, str, str]:
    if one.fairness is None:
        return ("reference" if one.is_reference else "–", "", "")
    ratio = one.fairness.adverse_impact_ratio
    interval = "" if ratio.low is None else f"{ratio.low:.2f} to {ratio.high:.2f}"
    return _number(ratio), interval, "below 0.80" if one.fairness.below_four_fifths else ""


def _few(one: SegmentRates) -> str:
    """The first reason for which a figure is not given."""
    return one.bad_rate.too_few or one.true_positive_rate.too_few or one.false_positive_rate.too_few


def _share(estimate: Estimate) -> str:
    return "–" if estimate.value is None else f"{estimate.value:.1%}"


def _number(estimate: Estimate) -> str:
    return "–" if estimate.value is None else f"{estimate.value:.2f}"
