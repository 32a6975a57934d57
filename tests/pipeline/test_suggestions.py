import pytest

from pipeline.results import ColumnSummary
from pipeline.suggestions import default_bad_label, suggested_features, why_left_out


def column(kind="number", n_rows=1000, n_missing=0, n_distinct=50, low=None, high=None, name="x") -> ColumnSummary:
    return ColumnSummary(name, kind, n_rows, n_missing, n_distinct, low, high)


@pytest.mark.parametrize(
    ("summary", "reason"),
    [
        (column(), None),
        (column("category", n_distinct=3), None),
        (column(n_distinct=1000, low=1, high=1000), "a row number"),
        (column(n_distinct=1000, low=0, high=999), "a row number"),
        (column(n_rows=500_000, n_distinct=None, low=1, high=500_000), "a row number"),
        (column(n_distinct=1000, low=1, high=2000), None),
        (column(n_distinct=999, low=1, high=1000), None),
        (column(n_distinct=1), "one value only"),
        (column("text", n_missing=1000, n_distinct=0), "every value is missing"),
        (column("date"), "a date; a model takes numbers and categories"),
        (column("text", n_distinct=1000), "a key: every text is another"),
        (column("text", n_distinct=None), "free text: very many different values"),
        (column("text", n_missing=10, n_distinct=800), "free text: 800 different values"),
    ],
)
def test_why_a_column_is_left_out(summary, reason):
    assert why_left_out(summary) == reason


def test_the_outcome_is_in_neither_list_and_what_is_named_is_kept():
    columns = [
        column(name="y"),
        column(name="row", n_distinct=1000, low=1, high=1000),
        column(name="x"),
        column("date", name="d"),
    ]
    assert suggested_features(columns, "y") == (
        ("x",),
        (("row", "a row number"), ("d", "a date; a model takes numbers and categories")),
    )
    assert suggested_features(columns, "y", keep=["row"])[0] == ("row", "x")


@pytest.mark.parametrize(
    ("counts", "bad"),
    [
        ({"good": 700, "bad": 300}, "bad"),
        ({"Yes": 900, "No": 100}, "Yes"),
        ({"0": 5, "1": 95}, "1"),
        ({"1": 700, "2": 300}, "2"),
        ({"-1": 3, "1": 7}, "1"),
        ({"False": 9, "True": 1}, "True"),
        ({"malignant": 212, "benign": 357}, "malignant"),
        ({"Fully Paid": 85, "Charged Off": 15}, "Charged Off"),
        ({"left": 40, "right": 60}, "left"),
        ({"default": 1, "late": 2}, "default"),
        ({"a": 1, "b": 2, "c": 3}, None),
        ({"a": 1}, None),
    ],
)
def test_the_label_that_is_probably_bad(counts, bad):
    assert default_bad_label(counts) == bad
