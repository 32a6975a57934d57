"""Whether each value of a column is what a condition wants."""

import math
import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dashapp.usecases.errors import InvalidSpec
from dashapp.usecases.filters import AT_LEAST, AT_MOST, CONTAINS, IS, IS_NOT, MISSING, OPERATORS, Condition
from pipeline.shown import shown

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

_WHOLE = re.compile(r"[-+]?\d{1,19}", re.ASCII)


def mask_of(values: "pa.Array", wanted: Condition, label: str = "") -> "Mask":
    """True where a value is as wanted; a missing one is not, but for "is missing" and "is not".

    Raises InvalidSpec where the condition does not fit the column's kind; `label` is what people call the column.
    """
    import pyarrow as pa

    if wanted.operator == MISSING:
        return _flags(_missing(values), of_null=True)
    kind = values.type
    wanted = replace(wanted, column=label or wanted.column)  # for the sentences
    if pa.types.is_dictionary(kind):
        return _by_level(values, wanted)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _by_number(values, wanted)
    if pa.types.is_temporal(kind):
        return _by_date(values, wanted)
    return _by_text(values.cast(pa.string()), wanted)


def _missing(values: "pa.Array") -> Any:
    import pyarrow.compute as pc

    return pc.is_null(values, nan_is_null=True)


def _flags(found: Any, *, of_null: bool) -> "Mask":
    import pyarrow.compute as pc

    filled = pc.fill_null(found, of_null) if found.null_count else found
    flags: Mask = filled.to_numpy(zero_copy_only=False)
    return flags


def _by_level(values: Any, wanted: Condition) -> "Mask":
    """A category is compared once for each of its levels, not for each of its rows."""
    import numpy as np

    levels = values.dictionary
    kept = mask_of(levels, wanted) if len(levels) else np.zeros(0, bool)
    codes = values.indices
    places = codes.fill_null(len(levels)).to_numpy(zero_copy_only=False) if codes.null_count else codes.to_numpy()
    found: Mask = np.append(kept, wanted.operator == IS_NOT)[places]
    return found


def _compared(values: Any, wanted: Condition, against: Any) -> "Mask":
    import pyarrow.compute as pc

    if wanted.operator == IS_NOT:
        return ~_flags(pc.equal(values, against), of_null=False)
    by = {IS: pc.equal, AT_LEAST: pc.greater_equal, AT_MOST: pc.less_equal}[wanted.operator]
    return _flags(by(values, against), of_null=False)


def _by_number(values: Any, wanted: Condition) -> "Mask":
    """Whole numbers are compared as such: those of 16 digits and more are no floating-point numbers."""
    import numpy as np
    import pyarrow as pa

    against = _number(wanted)
    if not pa.types.is_integer(values.type):
        return _compared(values, wanted, float(against))
    if wanted.operator in {IS, IS_NOT} and against != int(against):
        return np.full(len(values), wanted.operator == IS_NOT)
    whole = math.ceil(against) if wanted.operator == AT_LEAST else math.floor(against)
    return _compared(values, wanted, pa.scalar(min(max(whole, -(2**63)), 2**63 - 1), pa.int64()))


def _number(wanted: Condition) -> float | int:
    from pipeline.reading.single import readings

    if wanted.operator == CONTAINS:
        raise _unfit(wanted, "holds numbers", "choose 'is', 'at least' or 'at most'")
    if _WHOLE.fullmatch(wanted.value.strip()):
        return int(wanted.value)
    found = readings(wanted.value)
    if not found:
        raise _unfit(wanted, "holds numbers", f"give one in place of {shown(wanted.value)}, such as 1250.5")
    return found[0]


def _by_date(values: Any, wanted: Condition) -> "Mask":
    import pyarrow as pa

    if wanted.operator == CONTAINS:
        raise _unfit(wanted, "holds dates", "choose 'is', 'at least' or 'at most'")
    try:
        moment = datetime.fromisoformat(wanted.value.strip())
    except ValueError:
        raise _unfit(wanted, "holds dates", f"give one in place of {shown(wanted.value)}, such as 2024-07-31") from None
    if moment.tzinfo is not None:
        raise _unfit(wanted, "holds dates without a time zone", f"give one without it in place of {shown(wanted.value)}")
    moments = values.cast(pa.timestamp("us"), safe=False)
    if len(wanted.value.strip()) > len("2024-07-31"):
        return _compared(moments, wanted, pa.scalar(moment, pa.timestamp("us")))
    return _by_day(moments, wanted, moment)


def _by_day(moments: Any, wanted: Condition, day: datetime) -> "Mask":
    """A date alone means the whole day."""
    import pyarrow as pa
    import pyarrow.compute as pc

    last = day.replace(hour=23, minute=59, second=59, microsecond=999_999)
    begin, end = pa.scalar(day, pa.timestamp("us")), pa.scalar(last, pa.timestamp("us"))
    if wanted.operator == AT_LEAST:
        return _flags(pc.greater_equal(moments, begin), of_null=False)
    if wanted.operator == AT_MOST:
        return _flags(pc.less_equal(moments, end), of_null=False)
    inside = _flags(pc.and_(pc.greater_equal(moments, begin), pc.less_equal(moments, end)), of_null=False)
    outside: Mask = ~inside
    return outside if wanted.operator == IS_NOT else inside


def _by_text(values: Any, wanted: Condition) -> "Mask":
    """Texts as they are written, but for the case of their letters."""
    import pyarrow.compute as pc

    if wanted.operator in {AT_LEAST, AT_MOST}:
        raise _unfit(wanted, "holds texts", f"'{OPERATORS[wanted.operator]}' is for numbers and dates")
    if wanted.operator == CONTAINS:
        return _flags(pc.match_substring(values, wanted.value.strip(), ignore_case=True), of_null=False)
    same = _flags(pc.equal(pc.utf8_lower(values), wanted.value.strip().lower()), of_null=False)
    return ~same if wanted.operator == IS_NOT else same


def _unfit(wanted: Condition, holds: str, fix: str) -> InvalidSpec:
    return InvalidSpec.one("where", f"'{wanted.column}' {holds}: {fix}.")
