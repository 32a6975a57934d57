"""What is learnt where a column enters as weight of evidence: bins or levels, and the goods and bads of each."""

import numpy as np
from numpy.typing import NDArray

from pipeline.binning import monotone_bins, weight_of_evidence
from pipeline.frame import Category, Floats
from pipeline.preparation.categories import learn_levels
from pipeline.preparation.numbers import one_value, read_for_learning
from pipeline.spec import TrainSpec
from pipeline.terms import BinnedCategoryTerm, BinnedNumberTerm
from pipeline.terms.reading import Rows

Bad = NDArray[np.bool_]
_SAME = "its bins have one bad rate among the training rows"


def learn_binned_number(
    name: str, column: Floats | Category, rows: Rows | None, spec: TrainSpec, bad: Bad
) -> BinnedNumberTerm | str:
    """The weight of evidence of a number or an ordered category, or the reason why it has none.

    Logarithm, winsorising and scaling would change no bin, so none of them is done. Missing, and each special code that is a
    level, stands apart, whatever the option for missing numbers says.
    """
    found, codes, order = read_for_learning(name, column, rows, spec, log=False)
    kept = ~np.isnan(found.numbers)
    numbers = found.numbers[kept]
    if not len(numbers):
        return one_value(name, spec)
    n_bad = int(bad.sum())
    n_good = len(bad) - n_bad
    bins = monotone_bins(numbers, bad[kept], spec.woe_bins, spec.woe_share * len(bad), n_good, n_bad)
    apart = [found.of_code[code] for code, meaning in codes if meaning == "level"]
    groups = [*apart, found.missing]
    bads = np.concatenate([bins.bads, [int((bad & group).sum()) for group in groups]])
    goods = np.concatenate([bins.goods, [int((~bad & group).sum()) for group in groups]])
    woe = weight_of_evidence(goods, bads, n_good, n_bad)
    sd = _sd(woe, goods + bads)
    if sd is None:
        return _SAME
    n_bins = len(bins.goods)
    return BinnedNumberTerm(
        name,
        bins.edges,
        _floats(woe[:n_bins]),
        _floats(woe[n_bins:-1]),
        float(woe[-1]),
        _ints(goods),
        _ints(bads),
        codes,
        order,
        sd,
    )


def learn_binned_category(name: str, column: Category, rows: Rows | None, spec: TrainSpec, bad: Bad) -> BinnedCategoryTerm | str:
    """The weight of evidence of a category's levels, or the reason why it has none.

    Levels rarer than the least share of a bin are grouped, and so are those below the share for rare levels.
    """
    found = learn_levels(name, column, rows, spec, max(spec.rare_share, spec.woe_share))
    if not found.names:
        return one_value(name, spec)
    at = found.of_code[column.codes if rows is None else column.codes[rows]]
    bads = np.bincount(at[bad], minlength=len(found.names))
    goods = found.counts - bads
    n_bad = int(bad.sum())
    woe = weight_of_evidence(goods, bads, len(bad) - n_bad, n_bad)
    sd = _sd(woe, found.counts)
    if sd is None:
        return _SAME
    return BinnedCategoryTerm(
        name, found.names, _floats(woe), found.missing, _ints(goods), _ints(bads), found.gaps, found.other, found.grouped, sd
    )


def _sd(woe: Floats, counts: NDArray[np.int64]) -> float | None:
    """Standard deviation of the evidence over the rows; null where there is none."""
    share = counts / counts.sum()
    centred = woe - share @ woe
    sd = float(np.sqrt(share @ centred**2))
    return sd if sd > 1e-12 else None


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(map(float, values))


def _ints(values: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(map(int, values))
