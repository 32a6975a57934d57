"""The tables of a comparison as CSV: every number with all its digits, one line each."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dashapp.tabs.compare.options import option_values
from dashapp.tabs.compare.sides import Side, present
from dashapp.usecases.csv_files import BYTE_ORDER_MARK, csv_text
from pipeline.spec import TrainSpec

Line = Sequence[Any]


def csv_of(what: str, sides: Sequence[Side]) -> str | None:
    """The text of a file; None for one that there is not."""
    made = _FILES.get(what)
    if made is None:
        return None
    return BYTE_ORDER_MARK + csv_text(made(sides))


def _metrics(sides: Sequence[Side]) -> Iterator[Line]:
    yield [
        "run", "run_id", "data_set", "rows_of", "n_rows", "cutoff", "metric", "value", "low", "high", "n_shared",
        "champion_on_shared", "run_on_shared", "difference", "difference_low", "difference_high",
    ]  # fmt: skip
    for row, values in present(sides):
        for side, value in zip(sides, values, strict=True):
            found = value.difference
            gap: Line = ["", "", "", "", "", ""]
            if found is not None and side.pair is not None:
                ends = [found.champion, found.challenger, found.difference, found.low, found.high]
                gap = [side.pair.n_rows, *ends]
            judged = side.judged
            yield [
                side.view.name, side.view.id, side.view.dataset_name, judged.part, judged.metrics.n_rows, side.view.cutoff,
                row.name, value.value, value.low, value.high, *gap,
            ]  # fmt: skip


def _swap(sides: Sequence[Side]) -> Iterator[Line]:
    yield ["champion", "challenger", "champion_approves", "challenger_approves", "n_rows", "n_good", "n_bad", "mcnemar_p", "note"]
    for side in sides[1:]:
        names = [sides[0].view.name, side.view.name]
        if side.pair is None or not side.pair.swap:
            yield [*names, "", "", "", "", "", "", side.pair.note if side.pair is not None else "not tested row by row"]
            continue
        for cell in side.pair.swap:
            decided = ["yes" if approves else "no" for approves in (cell.first_approves, cell.second_approves)]
            yield [*names, *decided, cell.n_good + cell.n_bad, cell.n_good, cell.n_bad, side.pair.mcnemar_p, ""]


def _coefficients(sides: Sequence[Side]) -> Iterator[Line]:
    names = (
        "label",
        "field",
        "level",
        "reference",
        "estimate",
        "estimate_standardised",
        "std_error",
        "ci_low",
        "ci_high",
        "p_value",
    )
    yield ["run", "run_id", "class", *names[1:]]
    for side in sides:
        for row in (*side.result.intercepts, *side.result.coefficients):
            yield [side.view.name, side.view.id, *(getattr(row, name) for name in names)]


def _options(sides: Sequence[Side]) -> Iterator[Line]:
    yield ["option", *(side.view.name for side in sides)]
    for option in TrainSpec.options():
        yield [option.name, *(option_values(side, option) for side in sides)]


_FILES: dict[str, Callable[[Sequence[Side]], Iterator[Line]]] = {
    "metrics": _metrics,
    "swap": _swap,
    "coefficients": _coefficients,
    "options": _options,
}
