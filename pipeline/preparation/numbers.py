"""What is learnt of a number: its codes, where outliers are pulled in, what fills a gap, its scale, its powers."""

from dataclasses import replace

import numpy as np

from pipeline.errors import InvalidSpec, UnusableData, quoted
from pipeline.frame import Category, Floats, Frame
from pipeline.levels import number_text
from pipeline.spec import TrainSpec
from pipeline.spec_sentences import no_logarithm
from pipeline.terms import NumberTerm, PowerTerm, Term
from pipeline.terms.reading import Coded, Rows, as_category, filled, read_number

Codes = tuple[tuple[str, str], ...]
_BLOCK = 65_536
_ROUNDING = 1e-12  # of its largest value: the spread that rounding alone gives a constant


def learn_number(name: str, column: Floats | Category, rows: Rows | None, spec: TrainSpec) -> NumberTerm | str:
    """The term of a number or of an ordered category, or the reason why it has none."""
    found, codes, order = read_for_learning(name, column, rows, spec, name in spec.log_columns)
    term = NumberTerm(name, 0.0, 0.0, 1.0, codes=codes, log=name in spec.log_columns, order=order)
    gaps = found.missing if not found.of_code else np.isnan(found.numbers)
    n_gaps = int(np.count_nonzero(gaps))
    present = found.numbers[~gaps] if n_gaps else found.numbers.copy()  # a copy of its own: it is put into another order
    if not len(present):
        return one_value(name, spec)
    if spec.winsorise and not order:
        low, high = quantiles(present, spec.winsorise, 1 - spec.winsorise)
        term = replace(term, low=low, high=high)
        np.clip(present, low, high, out=present)
    with np.errstate(over="ignore", invalid="ignore"):
        term = replace(term, fill=_fill(name, present, spec, term.log))
        mean, sd = _moments(present, n_gaps, term.fill)
        if not (np.isfinite(mean) and np.isfinite(sd)):
            raise UnusableData(f"'{name}' holds numbers too large to be scaled.", fix="Check the column, or leave it out.")
        ends = [float(present.min()), float(present.max()), *([term.fill] if n_gaps else [])]
        if sd <= _ROUNDING * max(map(abs, ends)):
            return one_value(name, spec, " once outliers are pulled in" if spec.winsorise and not order else "")
        centre, scale = mean, sd
        if spec.scaling == "robust":
            centre, scale = _robust(np.concatenate([present, np.full(n_gaps, term.fill)]))
        elif spec.scaling == "min_max":
            centre, scale = min(ends), max(ends) - min(ends)
        elif spec.scaling == "none":
            centre, scale = 0.0, 1.0
    if not (np.isfinite(centre) and np.isfinite(scale)):
        raise UnusableData(f"'{name}' holds numbers too large to be scaled.", fix="Check the column, or leave it out.")
    flag = (spec.missing_indicator or spec.missing_numbers == "own_level") and bool(found.missing.any())
    return replace(term, mean=centre, scale=scale, sd=sd, flag=flag)


def read_for_learning(
    name: str, column: Floats | Category, rows: Rows | None, spec: TrainSpec, log: bool
) -> tuple[Coded, Codes, tuple[str, ...]]:
    """The numbers of a column after codes, order and logarithm, with its codes and its order.

    Raises InvalidSpec where a code is no number, a level is not in the order, or a logarithm does not exist.
    """
    order = dict(spec.orders).get(name, ())
    if order:
        column = as_category(column)
        apart = {code for code, _ in spec.codes_of(name)}
        counts = np.bincount((column.codes if rows is None else column.codes[rows]) + 1, minlength=len(column.levels) + 1)[1:]
        met = {level for level, count in zip(column.levels, counts, strict=True) if count}
        strange = [level for level in column.levels if level in met and level not in order and level not in apart]
        if strange:
            said = f"'{name}' has the level {quoted(strange)}, which its order does not name; add it where it belongs."
            raise InvalidSpec.one("orders", said)
        known = {code: meaning for code, meaning in spec.codes_of(name) if meaning == "missing" or code in met}
        codes: Codes = tuple((code, known.get(code, "unseen")) for code, _ in spec.codes_of(name))
        return read_number(column, rows, name, codes, False, order), codes, order
    codes = _number_codes(name, spec)
    found = read_number(column, rows, name, codes, False, ())
    codes = tuple((code, meaning if meaning == "missing" or found.of_code[code].any() else "unseen") for code, meaning in codes)
    unseen = [code for code, meaning in codes if meaning == "unseen"]
    found = Coded(found.numbers, found.missing, {code: at for code, at in found.of_code.items() if code not in unseen})
    if log:
        with np.errstate(invalid="ignore"):
            low = found.numbers[found.numbers <= -1]
        if len(low):
            raise InvalidSpec.one("log_columns", no_logarithm(name, float(low.min())))
        found = Coded(np.log1p(found.numbers), found.missing, found.of_code)
    return found, codes, ()


def one_value(name: str, spec: TrainSpec, when: str = "") -> str:
    """Why a column is left out."""
    beside = " beside its special codes; read it as a category" if spec.codes_of(name) else ""
    return f"one value only among the training rows{when}{beside}"


def _number_codes(name: str, spec: TrainSpec) -> Codes:
    """The codes of a column of numbers, written as numbers are."""
    found: dict[str, str] = {}
    for code, meaning in spec.codes_of(name):
        try:
            value = float(code)
        except ValueError:
            value = np.nan
        if not np.isfinite(value):
            raise InvalidSpec.one("special_codes", f"'{name}' holds numbers, and its code '{code}' is none; take it out.")
        found[number_text(value)] = meaning
    return tuple(found.items())


def _fill(name: str, present: Floats, spec: TrainSpec, log: bool) -> float:
    """What fills a gap, on the scale after the logarithm; a constant is given in the column's own unit."""
    match spec.missing_numbers:
        case "median":
            return quantiles(present, 0.5)[0]
        case "most_frequent":
            values, counts = np.unique(present, return_counts=True)
            return float(values[counts.argmax()])
        case "zero":
            return 0.0
        case "constant" if log and spec.missing_constant <= -1:
            said = f"'{name}' enters as ln(1 + value), which {number_text(spec.missing_constant)} does not have"
            raise InvalidSpec.one("missing_constant", f"{said}; choose a constant above −1.")
        case "constant":
            return float(np.log1p(spec.missing_constant)) if log else spec.missing_constant
        case _:
            return float(present.mean())


def _moments(present: Floats, n_gaps: int, fill: float) -> tuple[float, float]:
    """Mean and standard deviation of numbers and of gaps that are filled."""
    n = len(present) + n_gaps
    mean = (float(present.sum()) + n_gaps * fill) / n
    squares = n_gaps * (fill - mean) ** 2
    for start in range(0, len(present), _BLOCK):
        centred = present[start : start + _BLOCK] - mean
        squares += float(centred @ centred)
    return mean, float(np.sqrt(squares / n))


def _robust(numbers: Floats) -> tuple[float, float]:
    """Median and interquartile range; where the range is 0, numbers are centred only."""
    first, middle, third = quantiles(numbers, 0.25, 0.5, 0.75)
    spread = third - first
    return middle, spread if spread > _ROUNDING * max(abs(first), abs(third)) else 1.0


def quantiles(values: Floats, *levels: float) -> tuple[float, ...]:
    """Quantiles as `numpy.quantile` has them, by its default of linear interpolation; puts the values into another order.

    One partition at a time is several times faster than numpy's own at several places, because it is vectorised.
    """
    found = []
    for level in levels:
        at = level * (len(values) - 1)
        k = int(at)
        values.partition(k)
        low = float(values[k])
        high = float(values[k + 1 :].min()) if k + 1 < len(values) and at > k else low
        share = at - k
        found.append(low + (high - low) * share if share < 0.5 else high - (high - low) * (1 - share))
    return tuple(found)


def learn_powers(
    frame: Frame, rows: Rows | None, terms: tuple[Term, ...], spec: TrainSpec
) -> tuple[dict[str, tuple[PowerTerm, ...]], tuple[tuple[str, str], ...]]:
    """The powers of each number that has any; and those that say nothing of their own, with the reason."""
    powers: dict[str, tuple[PowerTerm, ...]] = {}
    left_out: list[tuple[str, str]] = []
    for term in terms if spec.degree > 1 else ():
        if not isinstance(term, NumberTerm) or (spec.degree_columns and term.field not in spec.degree_columns):
            continue
        scaled = scaled_numbers(term, frame, rows)
        found = []
        for degree in range(2, spec.degree + 1):
            with np.errstate(over="ignore", invalid="ignore"):
                sd = float((scaled**degree).std())
            power = PowerTerm(term.field, degree, sd)
            if not np.isfinite(sd):
                raise UnusableData(f"{power.field} is too large to be computed.", fix="Scale numbers, or choose a lower degree.")
            if sd <= _ROUNDING * float(np.abs(scaled).max()) ** degree:
                left_out.append((power.field, one_value(term.field, spec)))
            else:
                found.append(power)
        powers[term.field] = tuple(found)
    return powers, tuple(left_out)


def scaled_numbers(term: NumberTerm, frame: Frame, rows: Rows | None) -> Floats:
    """The column of a number as the model has it."""
    found = read_number(frame.columns[term.field], rows, term.field, term.codes, term.log, term.order)
    return (filled(term, found) - term.mean) / term.scale
