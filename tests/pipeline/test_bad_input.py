"""Hostile values for every option: each is refused in a sentence at its option, wherever it comes in, and nothing is stored.

The same table goes through the spec, the use case that starts a run (counting rows before and after) and the command line.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from dashapp.settings import Settings
from dashapp.usecases import accounts, runs
from dashapp.usecases.desk import Desk
from db.engine import Database
from db.tables import Base
from pipeline.__main__ import main
from pipeline.errors import InvalidSpec
from pipeline.spec import TrainSpec
from tests.dashapp.uploading import upload

OPTIONS = {option.name: option for option in TrainSpec.options()}
FEATURES = ["income", "age", "home"]
BASE = {"target": "outcome", "bad_label": "bad", "features": FEATURES}


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


# What no option accepts but for the kinds named.
HOSTILE: tuple[tuple[str, Any, set[str]], ...] = (
    ("5,000 digits", 10**5000, set()),
    ("5,000 digits, negative", -(10**5000), set()),
    ("beyond 63 bits", 2**64, set()),
    ("infinity", float("inf"), set()),
    ("not a number", float("nan"), set()),
    ("1e999", "1e999", {"text"}),
    ("a list", [1, [2]], set()),
    ("deep", nested(500), set()),
    ("an object", {"a": {"b": []}}, set()),
    ("a huge text", "x" * 200_000, set()),
    ("half of a surrogate pair", "a\ud800", set()),
    ("NUL", "a\0b", set()),
    ("control characters", "\x01\x07", {"text"}),
)
OF_A_CHOICE = {"choice", "flag", "integer", "number"}


def wrong(name: str, raw: Any) -> str:
    """The sentence on an option."""
    with pytest.raises(InvalidSpec) as refused:
        TrainSpec.parse({**BASE, name: raw})
    assert refused.value.problems.keys() == {name}
    return refused.value.problems[name]


@pytest.mark.parametrize(
    ("what", "raw", "but"), HOSTILE, ids=lambda value: value if isinstance(value, str) and len(value) < 40 else ""
)
@pytest.mark.parametrize("name", OPTIONS)
def test_hostile_values_are_refused_at_their_option(name: str, what: str, raw: Any, but: set[str]) -> None:
    if OPTIONS[name].kind in but:
        TrainSpec.parse({**BASE, name: raw})
        return
    sentence = wrong(name, raw)
    assert sentence.startswith(f"{OPTIONS[name].label} ({name}): ")
    assert sentence.endswith(".")
    assert len(sentence) < 700
    assert sentence.isprintable()
    sentence.encode()  # no half of a surrogate pair


@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if option.kind in OF_A_CHOICE])
@pytest.mark.parametrize("raw", [None, "", " ", "\u0663x", "0x10", "true story", [], {}])
def test_what_is_no_value_is_refused(name: str, raw: Any) -> None:
    assert wrong(name, raw).endswith(".")


@pytest.mark.parametrize("raw", [True, False])
@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if option.kind != "flag"])
def test_a_truth_value_is_neither_number_nor_name(name: str, raw: bool) -> None:
    assert wrong(name, raw).endswith(".")


# Option, raw value as JSON has it, and words of the sentence. Texts go through the command line as they are.
TOLD: tuple[tuple[str, Any, str], ...] = (
    ("C", 0, "0 is out of range; from 0.000001 to 1,000,000."),
    ("C", -1, "-1 is out of range"),
    ("C", "nan", "'nan' is not a number"),
    ("C", "1e999", "'1e999' is not a number"),
    ("l1_ratio", 1.5, "1.5 is out of range; from 0 to 1."),
    ("max_iterations", 10**9, "1e+09 is out of range; from 1 to 10,000."),
    ("tolerance", 0, "0 is out of range"),
    ("folds", 1, "at least 2 folds"),
    ("folds", 51, "out of range; from 0 to 50"),
    ("folds", 2.5, "is not a whole number; from 0 to 50."),
    ("folds", 50, "50 folds need 50 training rows, and there are 42; choose fewer folds."),
    ("folds", 20, "20 folds need 20 training rows of each class, and the rarest has 10; choose fewer folds."),
    ("seed", 2**63, "out of range; from 0 to 2,147,483,647"),
    ("seed", -1, "out of range"),
    ("seed", "9" * 5000, "is not a whole number"),
    ("degree", 5, "out of range; from 1 to 4"),
    ("penalty", "l3", "'l3' is not known; choose one of none, l2, l1, elasticnet."),
    ("solver", "lbfgs2", "'lbfgs2' is not known"),
    ("target", "", "choose one"),
    ("target", "no such", "There is no column 'no such'"),
    ("target", "key", "has 60 different values"),
    ("target", "constant", "holds only 'k'; choose a column with both outcomes."),
    ("target", "single", "holds '1' in one row only"),
    ("bad_label", "ugly", "'outcome' has no label 'ugly'; its labels are 'bad', 'good'."),
    ("features", ["income", "income"], "'income' is named twice"),
    ("features", ["income", "nothing"], "There is no column 'nothing'"),
    ("features", ["income", "outcome"], "'outcome' is the outcome, so it cannot be a feature too"),
    ("features", ["income", "opened"], "'opened' holds dates"),
    ("categorical", ["nothing"], "'nothing' is read as a category but is not among the features"),
    ("log_columns", ["home"], "'home' holds no numbers, so it has no logarithm"),
    ("log_columns", ["age"], "'age' has values down to -5"),
    ("reference_levels", {"home": "castle"}, "'home' has no level 'castle'; its levels are 'own', 'rent'."),
    ("reference_levels", {"income": "5"}, "'income' holds numbers"),
    ("orders", {"home": ["own", "rent", "castle"]}, "'home' has no level 'castle'"),
    ("orders", {"home": ["own", "own"]}, "names the level 'own' twice"),
    ("orders", {"income": ["1", "2"]}, "'income' holds numbers"),
    ("interactions", [["income", "income"]], "paired with itself"),
    ("interactions", [["income", "nothing"]], "is not among the features"),
    ("special_codes", {"income": {"-9": "gap"}}, "it can mean level or missing"),
    ("bootstrap", 3, "at least 40"),
)
# Several options that are wrong together: what is given, and the option with the sentence.
TOGETHER: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"split": "date"}, "split_column", "Choose the column of dates"),
    ({"split": "date", "split_column": "home"}, "split_column", "holds neither dates nor numbers"),
    ({"split": "date", "split_column": "nothing"}, "split_column", "There is no column 'nothing'"),
    ({"split": "group", "split_column": "outcome"}, "split_column", "is the outcome"),
    ({"split": "group", "split_column": "home"}, "split_column", "is a feature too"),
    ({"split": "group", "split_column": "constant"}, "split_column", "one group only"),
    ({"test_share": 0.9, "validation_share": 0.3}, "validation_share", "take 120% of the rows together"),
    ({"degree": 2, "degree_columns": ["home"]}, "degree_columns", "so it has no powers"),
    ({"class_weight": "given"}, "class_weights", "Give the weight of a class"),
    ({"class_weight": "given", "class_weights": {"ugly": 2}}, "class_weights", "has no class 'ugly'"),
    ({"missing_categories": "constant"}, "missing_level", "Name the level"),
    ({"solver": "newton-cg", "penalty": "l1"}, "solver", "newton-cg cannot take L1"),
    ({"solver": "liblinear", "target": "three", "bad_label": None}, "solver", "liblinear fits two classes at a time"),
    ({"target": "three", "weight_of_evidence": "all"}, "weight_of_evidence", "'three' has 3 classes"),
    ({"resampling": "smotenc", "features": ["income", "age"]}, "resampling", "SMOTENC needs a category"),
    ({"resampling": "smotenc", "features": ["home"]}, "resampling", "SMOTENC needs a number"),
    ({"resampling": "smote", "neighbours": 10}, "neighbours", "a fit sees 10 of the rarest"),
    ({"resampling": "smote", "neighbours": 5, "folds": 2}, "neighbours", "a fit sees 5 of the rarest"),
    ({"penalty": "none", "test_share": 0.9, "features": ["income", "age", "home", "key", "late", "constant"]}, "features",
     "6 features and 6 rows to train on"),
)  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bad") / "loans.csv"
    rows = [
        (
            f"{1000 + 37 * k % 900}.5", -5 if k == 7 else 20 + k % 40, "own" if k % 3 else "rent", f"k{k}", k % 7, "k",
            f"2024-{1 + k % 12:02d}-{1 + k % 28:02d}", "1" if k == 3 else "0", "xyz"[k % 3], "bad" if k % 4 == 0 else "good",
        )
        for k in range(60)
    ]  # fmt: skip
    head = "income,age,home,key,late,constant,opened,single,three,outcome"
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def desk(file: Path) -> Iterator[Desk]:
    """An analyst's desk on a database of its own, with the file as its one data set."""
    settings = Settings(database_url=f"sqlite:///{file.parent / 'scoredesk.sqlite'}")
    database = Database(settings.database_url)
    database.migrate()
    accounts.add_person(database, name="analyst", display_name="Analyst", role="analyst", password="correct horse battery")
    (person,) = accounts.everyone(database)
    yield Desk(database, settings, person)
    database.dispose()


@pytest.fixture(scope="module")
def dataset(desk: Desk, file: Path) -> str:
    return upload(desk, file)


@pytest.fixture
def nothing_stored(desk: Desk, dataset: str) -> Iterator[None]:
    before = counted(desk)
    yield
    assert counted(desk) == before


def counted(desk: Desk) -> dict[str, int]:
    """Rows of every table."""
    with desk.db.read() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in Base.metadata.sorted_tables}


CASES = [({name: raw}, name, says) for name, raw, says in TOLD] + list(TOGETHER)


def of_base(given: dict[str, Any]) -> dict[str, Any]:
    """The base with a target of another column has no bad label of its own, and needs none."""
    return {**BASE, **({"bad_label": None} if "target" in given else {}), **given}


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize(("given", "name", "says"), CASES)
def test_a_use_case_tells_it_and_stores_nothing(desk: Desk, dataset: str, given: dict[str, Any], name: str, says: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        runs.start(desk, dataset, "A run", of_base(given))
    assert says in refused.value.problems[name]


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("name", OPTIONS)
def test_hostile_values_store_nothing(desk: Desk, dataset: str, name: str) -> None:
    for what, raw, but in HOSTILE:
        if OPTIONS[name].kind not in but:
            with pytest.raises(InvalidSpec):
                runs.start(desk, dataset, what, {**BASE, name: raw})


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("given", [None, [], "C", 5, {5: 1}, {"x" * 5000: 1}, {"\ud800": 1}, dict.fromkeys(map(str, range(99)))])
def test_what_is_no_object_of_options_stores_nothing(desk: Desk, dataset: str, given: Any) -> None:
    with pytest.raises(InvalidSpec) as refused:
        runs.start(desk, dataset, "A run", given)
    assert len(str(refused.value)) < 40_000
    str(refused.value).encode()


@pytest.mark.parametrize(("given", "name", "says"), CASES)
def test_the_command_line_says_the_same(
    refused: Callable[..., str], file: Path, tmp_path: Path, given: dict[str, Any], name: str, says: str
) -> None:
    """Once as a file of options, once with --set; exit code 2, one sentence, no traceback."""
    spec = of_base(given)
    written = tmp_path / "spec.json"
    written.write_text(json.dumps(spec), encoding="utf-8")
    assert " ".join(says.split()) in refused("train", file, "--spec", written)
    flags = [part for option, raw in spec.items() if raw is not None for part in ("--set", f"{option}={as_text(option, raw)}")]
    assert " ".join(says.split()) in refused("train", file, *flags)


def as_text(name: str, raw: Any) -> str:
    if OPTIONS[name].kind == "columns":
        return ",".join(raw)
    return raw if isinstance(raw, str) else json.dumps(raw)


def test_numbers_that_python_does_not_read_are_told_at_their_option(
    refused: Callable[..., str], file: Path, tmp_path: Path
) -> None:
    """json.loads raises on a whole number of more than 4,300 digits."""
    path = tmp_path / "spec.json"
    path.write_text('{"target": "outcome", "seed": ' + "9" * 5000 + "}", encoding="utf-8")
    sentence = refused("train", file, "--spec", path)
    assert sentence.startswith("Seed (seed): '999")
    assert len(sentence) < 300


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "holds no JSON"),
        ("{", "holds no JSON"),
        ("[" * 100_000, "holds no JSON"),
        ("[1]", "holds no options"),
        ("NaN", "holds no options"),
        ('{"magic": 1}', "There is no option 'magic'"),
        ('{"target": "outcome", "C": NaN}', "nan is not a number"),
        (b"\xff\xfe", "holds no JSON"),
    ],
)
def test_a_file_that_holds_no_options_is_told(
    refused: Callable[..., str], file: Path, tmp_path: Path, content: str | bytes, says: str
) -> None:
    path = tmp_path / "spec.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert says in refused("train", file, "--spec", path)
    assert "cannot be read" in refused("train", file, "--spec", tmp_path / "none.json")


def test_a_level_that_only_the_held_out_rows_have_is_counted(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last date's rows have a level of their own, and they are the held-out ones."""
    path = tmp_path / "late.csv"
    lines = [f"{k},{'new' if k >= 54 else 'ab'[k % 2]},{'bad' if k % 3 == 0 else 'good'}" for k in range(60)]
    path.write_text("\n".join(["time,home,outcome", *lines]) + "\n", encoding="utf-8")
    options = ("--set", "split=date", "--set", "split_column=time", "--features", "home", "--test-share", "0.1")
    assert main(["train", str(path), "--target", "outcome", *options, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert any("'home' are levels that training never saw" in sentence for sentence in found["warnings"])
