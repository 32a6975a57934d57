"""What is stored comes back equal: every result class, with values drawn by its type hints."""

import json
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.results import FORMAT, DataSummary, RunResult
from pipeline.stored import from_plain
from pipeline.study_results import ImbalanceComparison, SearchResult, TuningPath

PLAIN = {
    bool: st.booleans(),
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(max_size=5),
    NoneType: st.none(),
    Any: st.one_of(st.booleans(), st.integers(-9, 9), st.text(max_size=3)),
}


def of_hint(hint: Any) -> st.SearchStrategy[Any]:
    if hint in PLAIN:
        return PLAIN[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return st.one_of(*map(of_hint, parts))
    if origin is tuple and parts[-1] is Ellipsis:
        return st.lists(of_hint(parts[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(of_hint, parts))
    if origin is dict:
        return st.dictionaries(of_hint(parts[0]), of_hint(parts[1]), max_size=2)
    assert is_dataclass(hint), hint
    return of_class(hint)


def of_class(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: of_hint(hints[field.name]) for field in fields(kind) if field.name != "format"})


@pytest.mark.parametrize("kind", [RunResult, TuningPath, SearchResult, ImbalanceComparison], ids=lambda kind: kind.__name__)
def test_a_result_comes_back_equal(kind: Any) -> None:
    @settings(max_examples=25, deadline=None)
    @given(of_class(kind))
    def check(result: Any) -> None:
        written = json.dumps(result.to_json(), allow_nan=False)
        assert kind.from_json(json.loads(written)) == result

    check()


def test_what_is_younger_than_the_stored_takes_its_default_and_what_is_unknown_is_left() -> None:
    stored = {
        "n_rows": 3,
        "n_train": 2,
        "n_test": 1,
        "bad_rate": None,
        "columns": ["a"],
        "labels": ["x", "y"],
        "class_counts": [1, 2],
    }
    found = from_plain(DataSummary, {**stored, "of_another_version": 1})
    assert (found.n_validation, found.held_out, found.columns) == (0, "", ("a",))


def test_what_lacks_a_field_is_no_such_thing() -> None:
    with pytest.raises(ValueError, match="no DataSummary"):
        from_plain(DataSummary, {"n_rows": 3})


@pytest.mark.parametrize("kind", [RunResult, TuningPath], ids=lambda kind: kind.__name__)
def test_a_format_of_the_future_is_refused(kind: Any) -> None:
    with pytest.raises(ValueError, match="99"):
        kind.from_json({"format": FORMAT + 97})
