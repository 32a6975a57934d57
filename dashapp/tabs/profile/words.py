"""What the numbers of a profile say, as sentences. Pure: built from the numbers, so never wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashapp import theme
from pipeline.figures.bands import REST, band_name, stretches
from pipeline.profiling.results import Association, Band, ColumnProfile, Profile

WEAK, USEFUL = 0.02, 0.10  # information value: below the first a column tells next to nothing, from the second on it helps
CLOSE, NEARLY_THE_SAME = 0.3, 0.8  # associations that are worth a word, and a warning
_STEADY = 0.85
_LEAST_JUMP = 0.05
_HELD = 0.5  # of a jump must be left between all that lies under it and all that lies over it
_LONGEST_NAME = 40
_JUMP_OF_RANGE = 0.4  # a jump is one only if it makes up this much of the whole range


@dataclass(frozen=True)
class Finding:
    """A title, and where in a column of numbers it happens: (value, words)."""

    title: str
    mark: tuple[float, str] | None = None


def finding(column: ColumnProfile) -> Finding:
    """What the bad rate does along the bands."""
    if column.n_missing == column.n_rows:
        return Finding(f"{short(column.name)} holds no value")
    if column.n_distinct == 1:
        return Finding(f"{short(column.name)} never changes")
    if column.kind in {"number", "date"}:
        bands = [band for band in stretches(column) if band.bad_rate is not None]
        return _along(column, bands) if len(bands) > 1 else Finding(spread(column))
    levels = [band for band in column.bands if band.level not in REST and band.bad_rate is not None]
    return _among(column, levels) if len(levels) > 1 else Finding(spread(column))


def spread(column: ColumnProfile) -> str:
    return f"How {short(column.name)} is spread"


def short(name: str) -> str:
    """A name of a column or a level as titles have room for it."""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"


def _along(column: ColumnProfile, bands: Sequence[Band]) -> Finding:
    rates, name = [_rate(band) for band in bands], short(column.name)
    low, high = min(rates), max(rates)
    if _tells_little(column):
        return Finding(f"{name} tells little: the bad rate stays between {theme.chance(low)} and {theme.chance(high)}")
    if not _differ(bands[rates.index(low)], bands[rates.index(high)]):
        return Finding(f"Along {name} the bad rate does not differ beyond chance")
    leap = _leap(bands, high - low)
    if leap is not None:
        before, start, after = leap
        at = value(column, start.low)
        word = "leaps" if _rate(after) > _rate(before) else "falls"
        where = f"From {at} up" if start is after else f"Around {at}"
        edge = ((before.high or 0.0) + (start.low or 0.0)) / 2
        return Finding(
            f"{where}, the bad rate {word} from {theme.chance(_rate(before))} to {theme.chance(_rate(after))}", (edge, at)
        )
    rising = _share_rising(bands)
    first, last = theme.chance(rates[0]), theme.chance(rates[-1])
    if rising >= _STEADY and _differ(bands[0], bands[-1]):
        return Finding(f"The bad rate rises with {name}, from {first} to {last}")
    if rising <= 1 - _STEADY and _differ(bands[0], bands[-1]):
        return Finding(f"The bad rate falls as {name} rises, from {first} to {last}")
    top, bottom = (band_name(bands[rates.index(rate)]) for rate in (high, low))
    return Finding(f"The bad rate peaks at {theme.chance(high)} ({top}); it is lowest at {theme.chance(low)} ({bottom})")


def _share_rising(bands: Sequence[Band]) -> float:
    """Of two rows from different bands, how often the higher one lies in the band with the higher bad rate."""
    pairs = [(a.n * b.n, _rate(b) > _rate(a)) for i, a in enumerate(bands) for b in bands[i + 1 :]]
    return sum(weight for weight, rises in pairs if rises) / sum(weight for weight, _ in pairs)


def _leap(bands: Sequence[Band], whole: float) -> tuple[Band, Band, Band] | None:
    """The jump that stands out, over one step or two: the band before it, the one where it starts, and the one after it."""
    jumps = [
        (abs(_rate(bands[i + over]) - _rate(bands[i])), i, over)
        for over in (1, 2)
        for i in range(len(bands) - over)
        if _differ(bands[i], bands[i + over])
    ]
    if not jumps:
        return None
    size, i, over = max(jumps, key=lambda jump: (jump[0] / (1.0 if jump[2] == 1 else 1.4), -jump[1]))
    elsewhere = [jump[0] for jump in jumps if jump[2] == 1 and not i <= jump[1] < i + over]
    if size < max(_LEAST_JUMP, _JUMP_OF_RANGE * whole) or size / over < 1.5 * max(elsewhere, default=0.0):
        return None
    before, after = _pooled_rate(bands[: i + 1]), _pooled_rate(bands[i + over :])
    if abs(after - before) < _HELD * size or (after > before) != (_rate(bands[i + over]) > _rate(bands[i])):
        return None  # a dip or a peak: the bad rate does not stay where it jumped to
    return bands[i], bands[i + 1], bands[i + over]


def _among(column: ColumnProfile, levels: Sequence[Band]) -> Finding:
    worst, best = max(levels, key=_rate), min(levels, key=_rate)
    sure = [band for band in levels if _differ(band, best)]
    if not sure:
        return Finding(f"The levels of {short(column.name)} do not differ beyond chance")
    if _tells_little(column):
        return Finding(f"{short(column.name)} tells little: its levels go bad about equally often")
    worst = max(sure, key=_rate)
    most, least = theme.chance(_rate(worst)), theme.chance(_rate(best))
    return Finding(f"{short(band_name(worst))} goes bad most often: {most}, against {least} of {short(band_name(best))}")


def plain_words(column: ColumnProfile, mark: tuple[float, str] | None) -> str:
    """What the figure of a column shows, for somebody who does not read figures."""
    parts: list[str] = []
    known = [band for band in column.bands if band.n_bad is not None]
    if mark is not None:
        under = [band for band in stretches(column) if band.high is not None and band.high <= mark[0]]
        over = [band for band in stretches(column) if band.low is not None and band.low >= mark[0]]
        parts.append(
            f"Of the {theme.count(_rows(under))} rows under {mark[1]}, {_pooled(under)} went bad; "
            f"of the {theme.count(_rows(over))} from {mark[1]} up, {_pooled(over)}. "
            "A straight line misses such a step: consider bands."
        )
    elif (
        column.n_distinct != 1
        and column.auc_direction is not None
        and column.median_good is not None
        and column.median_bad is not None
    ):
        word = "Higher" if column.auc_direction == "higher" else "Lower"
        parts.append(
            f"{word} values are worse: half of the goods lie under {value(column, column.median_good)}, "
            f"half of the bads under {value(column, column.median_bad)}."
            if column.median_good != column.median_bad and not _tells_little(column)
            else f"Goods and bads have nearly the same values; their medians are {value(column, column.median_good)} and "
            f"{value(column, column.median_bad)}."
        )
    missing = next((band for band in known if band.level == "(missing)"), None)
    if missing is not None and missing.n and missing.bad_rate is not None:
        parts.append(f"Where it is missing ({theme.plural(missing.n, 'row')}), {theme.chance(missing.bad_rate)} went bad.")
    drawn = stretches(column) or known
    wide = [band for band in drawn if band.n and (band.bad_rate_high or 0) - (band.bad_rate_low or 0) > 0.15]
    if wide:
        noun = f"{theme.count(len(wide))} of {len(drawn)} intervals are"
        if len(wide) in {1, len(drawn)}:
            noun = "One interval is" if len(wide) == 1 else f"All {theme.count(len(drawn))} intervals are"
        parts.append(f"{noun} wide, since few rows are there.")
    return " ".join(parts)


def value(column: ColumnProfile, number: float | str | None) -> str:
    """A value of the column; dates are told apart from numbers by the column's kind."""
    if column.kind == "date" and isinstance(number, int | float):
        return (date(1970, 1, 1) + timedelta(days=number)).isoformat()
    return theme.number(number)


def columns_title(profile: Profile, names: Sequence[str]) -> str:
    """Which of these columns tell bad from good."""
    known = [column for column in map(profile.column, names) if column is not None and column.information_value is not None]
    ranked = sorted(known, key=lambda column: -(column.information_value or 0.0))
    best = [short(column.name) for column in ranked[:2] if (column.information_value or 0.0) >= USEFUL]
    worst = [short(column.name) for column in reversed(ranked) if (column.information_value or 0.0) < WEAK][:2]
    if not names:
        return f"{theme.plural(len(profile.columns), 'column')}, none of them an input"
    if not ranked:
        return theme.plural(len(names), "column")
    if not best:
        return "No column tells bad from good well on its own"
    told = f"{' and '.join(best)} {'tells' if len(best) == 1 else 'tell'} bad from good best"
    return f"{told}; {' and '.join(worst)} hardly at all" if worst else told


def strength(information_value: float | None) -> str:
    """The usual words for an information value (Siddiqi 2006)."""
    if information_value is None:
        return ""
    for bound, word in ((WEAK, "tells next to nothing"), (USEFUL, "weak"), (0.3, "medium"), (0.5, "strong")):
        if information_value < bound:
            return word
    return "very strong: check that it is known at the decision"


def pair_words(association: Association, pair: tuple[str, str, float]) -> str:
    """Amount and term move together: 0.62. A weak pair is given without a verb."""
    first, second, value = pair
    figure = f"{value:.2f}".replace("-", theme.MINUS)
    if abs(value) < CLOSE:
        return f"{first} and {second}: {figure}"
    if association.measure != "pearson":
        return f"{first} and {second} {'say nearly the same' if value >= NEARLY_THE_SAME else 'go together'}: {figure}"
    return f"{first} and {second} move {'together' if value > 0 else 'against each other'}: {figure}"


def _rate(band: Band) -> float:
    return band.bad_rate or 0.0


def _differ(a: Band, b: Band) -> bool:
    """Whether the two 95% intervals lie apart."""
    low, high = (a, b) if _rate(a) <= _rate(b) else (b, a)
    return low.bad_rate_high is not None and high.bad_rate_low is not None and low.bad_rate_high < high.bad_rate_low


def _tells_little(column: ColumnProfile) -> bool:
    return column.information_value is not None and column.information_value < WEAK


def _rows(bands: Sequence[Band]) -> int:
    return sum(band.n for band in bands)


def _pooled(bands: Sequence[Band]) -> str:
    return theme.chance(_pooled_rate(bands) if _rows(bands) else None)


def _pooled_rate(bands: Sequence[Band]) -> float:
    return sum(band.n_bad or 0 for band in bands) / (_rows(bands) or 1)
