"""What is told of a file that is read by the recipe of the one before it."""

from dataclasses import replace

from pipeline.reading.differences import differences
from pipeline.reading.recipe import Recipe
from pipeline.results import ColumnSummary

AGE = ColumnSummary("age", "number", 100, 0, 60, 18, 78)
HOME = ColumnSummary("home", "category", 100, 2, 2, levels=(("own", 60), ("rent", 38)))
BEFORE = (AGE, HOME)


def told(*now: ColumnSummary, recipe: Recipe | None = None, detected: Recipe | None = None) -> tuple[str, ...]:
    return differences(BEFORE, now, recipe or Recipe(), detected or Recipe())


def test_nothing_is_said_of_what_is_alike() -> None:
    more_rows = replace(AGE, n_rows=900, n_distinct=70, minimum=-12, maximum=108)  # half of the range beyond each end
    assert told(more_rows, replace(HOME, n_missing=7)) == ()  # 5 points more
    assert differences(BEFORE, BEFORE, None, Recipe(delimiter=";")) == ()


def test_columns_that_came_went_or_moved() -> None:
    assert told(HOME, AGE) == ("The columns stand in another order.",)
    assert told(AGE) == ("1 column is missing: 'home'.",)
    new = ColumnSummary("branch", "text", 100, 0, 100)
    assert told(AGE, new, HOME, replace(new, name="city")) == ("2 columns are new: 'branch', 'city'.",)


def test_kinds_levels_gaps_and_ranges() -> None:
    assert told(replace(AGE, kind="text", minimum=None, maximum=None), HOME) == ("'age' was a number and is a text.",)
    assert told(AGE, replace(HOME, levels=(("own", 60), ("castle", 3)), n_missing=37)) == (
        "'home' has 1 new level in 3 rows: 'castle'.",
        "'home' has lost 1 level: 'rent'.",
        "'home' is missing in 37.0% of the rows; it was in 2.0%.",
    )
    assert told(replace(AGE, maximum=7_800), HOME) == ("'age' runs from 18 to 7,800; it ran from 18 to 78.",)
    assert told(replace(AGE, minimum=-12.5), HOME) == ("'age' runs from -12.5 to 78; it ran from 18 to 78.",)


def test_levels_that_are_not_all_known_are_not_compared() -> None:
    many = replace(HOME, n_distinct=80)
    assert differences((AGE, many), (AGE, replace(HOME, levels=(("x", 98),), n_distinct=1)), Recipe(), Recipe()) == ()


def test_marks() -> None:
    assert told(*BEFORE, detected=Recipe(delimiter=";", encoding="cp1252", thousands=".")) == (
        "The encoding was utf-8; here cp1252 was found.",
        "The separator was ,; here ; was found.",
        "The thousands mark was none; here . was found.",
    )
