"""One number as a person types it."""

import pytest

from pipeline.reading.single import readings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("48", (48.0,)),
        (" 48 months ", (48.0,)),
        ("48MONTHS", (48.0,)),
        ("-9", (-9.0,)),
        ("−9.5", (-9.5,)),
        ("1e3", (1000.0,)),
        ("1,234", (1234.0, 1.234)),
        ("1.234", (1.234, 1234.0)),
        ("1 234,5", (1234.5,)),
        ("1'234'567.8", (1234567.8,)),
        ("0,5", (0.5,)),
        ("€ 1,200.50", (1200.5,)),
        ("12 %", (12.0,)),
        ("(5)", (-5.0,)),
        ("007", (7.0,)),
        ("", ()),
        ("months", ()),
        ("many", ()),
        ("1,2,3", ()),
        ("12 apples", ()),
        ("nan", ()),
        ("inf", ()),
        ("1e999", ()),
        ("\0", ()),
        ("9" * 5_000, ()),
    ],
)
def test_readings(text: str, expected: tuple[float, ...]) -> None:
    assert readings(text, "months") == expected
