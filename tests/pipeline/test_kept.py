"""What a process keeps: the last used, within bounds."""

from pipeline.kept import Kept


def test_the_one_used_longest_ago_is_dropped():
    kept = Kept[str, int](2)
    for key, value in (("a", 1), ("b", 2)):
        kept.put(key, value)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]


def test_sizes_are_bounded_together_and_the_last_may_stay_alone():
    kept, lasting = Kept[str, str](4, len), Kept[str, str](4, len, least=1)
    for one in (kept, lasting):
        one.put("a", "123")
        one.put("b", "1")
        assert (one.get("a"), one.get("b")) == ("123", "1")
        one.put("c", "12345")
    assert [kept.get(key) for key in "abc"] == [None, None, None]
    assert [lasting.get(key) for key in "abc"] == [None, None, "12345"]


def test_a_value_is_made_once_and_again_after_it_was_cleared():
    kept, made = Kept[str, int](2), []
    for _ in range(3):
        assert kept.of("a", lambda: made.append("a") or 7) == 7
    assert made == ["a"]
    kept.clear()
    kept.of("a", lambda: made.append("a") or 7)
    assert made == ["a", "a"]
