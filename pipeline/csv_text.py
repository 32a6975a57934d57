"""Tables as RFC 4180 text: UTF-8, line feeds, a decimal point, ISO dates, nothing where a value is missing."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.levels import number_text

_NEEDS_QUOTES = r'[",\r\n]|^\s|\s$'


def csv_header(names: Sequence[str]) -> bytes:
    """The first line: the names of the columns."""
    quoted = _quoted(pa.array(names, pa.large_string()))
    return (",".join(quoted.to_pylist()) + "\n").encode()


def csv_rows(batch: pa.RecordBatch) -> bytes:
    """The lines of some rows.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        Numbers, truth values, dates and times, texts and dictionaries of texts.

    Returns
    -------
    bytes
        One line for each row. Numbers have the shortest digits that give them back. The only cell of a row is written as ``""``
        where it is empty: a blank line is no row.
    """
    if not len(batch):
        return b""
    cells = [_quoted(_texts(values)) for values in batch.columns]
    if len(cells) == 1:
        only = pc.fill_null(cells[0], "")
        cells = [pc.if_else(pc.equal(only, ""), pa.scalar('""', pa.large_string()), only)]
    comma = pa.scalar(",", pa.large_string())
    rows = pc.binary_join_element_wise(*cells, comma, null_handling="replace", null_replacement="")
    lines = pc.binary_join_element_wise(rows, pa.scalar("", pa.large_string()), pa.scalar("\n", pa.large_string()))
    return _bytes_of(lines)


def _texts(values: pa.Array) -> pa.Array:
    """Each value as text, null where missing."""
    if pa.types.is_dictionary(values.type):
        levels = _texts(values.dictionary)
        return levels.take(values.indices)
    if pa.types.is_floating(values.type) or pa.types.is_decimal(values.type):
        return _number_texts(pc.cast(values, pa.float64()))
    texts = pc.cast(values, pa.large_string())
    if pa.types.is_timestamp(values.type):
        return pc.replace_substring_regex(pc.replace_substring(texts, " ", "T"), r"\.0+$", "")
    return texts


def _number_texts(values: pa.Array) -> pa.Array:
    """Arrow writes 123456789012.5 with an exponent; numbers that people write out are written out."""
    texts = pc.cast(values, pa.large_string())
    powers = pc.fill_null(pc.match_substring(texts, "e"), False)
    if not pc.any(powers).as_py():
        return texts
    plain = [number_text(value) for value in values.filter(powers).to_pylist()]
    return pc.replace_with_mask(texts, powers, pa.array(plain, pa.large_string()))


def _quoted(texts: pa.Array) -> pa.Array:
    needs = pc.fill_null(pc.match_substring_regex(texts, _NEEDS_QUOTES), False)
    if not pc.any(needs, min_count=0).as_py():
        return texts
    inner = pc.replace_substring(texts.filter(needs), '"', '""')
    mark = pa.scalar('"', pa.large_string())
    return pc.replace_with_mask(texts, needs, pc.binary_join_element_wise(mark, inner, mark, pa.scalar("", pa.large_string())))


def _bytes_of(lines: pa.Array) -> bytes:
    """The lines one after the other, as they lie in memory."""
    offsets, data = lines.buffers()[1:]
    ends = memoryview(offsets).cast("q")
    start, stop = ends[lines.offset], ends[lines.offset + len(lines)]
    return memoryview(data)[start:stop].tobytes()
