"""A table with one thing wrong in its file is read as a careful analyst would, and what was mended is told."""

import csv
import io

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipeline.errors import ReadingError
from pipeline.reading import Recipe, TableFile, check_and_open
from tests.pipeline.pollution import NAMES, ROWS, polluted


def texts(table: TableFile) -> list[list[str | None]]:
    return [
        list(row) for batch in table.text_batches() for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    ]


@pytest.mark.parametrize("case", list(polluted()), ids=lambda case: case.name)
def test_a_polluted_table_is_read_right(opened, case):
    content = case.text.encode(case.encoding)
    if case.refused:
        with pytest.raises(ReadingError) as caught:
            opened(content)
        assert caught.value.kind == case.refused
        return
    table = opened(content)
    assert [column.name for column in table.columns] == case.names
    assert texts(table) == case.rows
    assert {repair.kind for repair in table.repairs} == case.repairs
    assert table.table().num_rows == table.n_rows == len(case.rows)
