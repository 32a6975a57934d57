"""What a column is suggested for, and the clause that says why. Summaries and profiles are written by hand."""

from dataclasses import replace

import pytest

from pipeline.column_names import says_key, says_later, says_outcome, says_weight, words
from pipeline.profiling.results import Band, ColumnProfile, Profile
from pipeline.results import ColumnSummary
from pipeline.roles import ROLES, likely_target, suggest_roles
from pipeline.suggestions import suggested_features


def column(name="x", kind="number", n_rows=1000, n_missing=0, n_distinct=50, low=None, high=None, levels=()) -> ColumnSummary:
    return ColumnSummary(name, kind, n_rows, n_missing, n_distinct, low, high, levels)


OUTCOME = column("Churn", "category", 7043, 0, 2, levels=(("No", 5174), ("Yes", 1869)))


def profile(*columns: ColumnProfile) -> Profile:
    return Profile(
        n_rows=7043, target="Churn", bad_label="Yes", class_counts=(("No", 5174), ("Yes", 1869)), n_unknown=0, n_bad=1869,
        bad_rate=1869 / 7043, bad_rate_low=None, bad_rate_high=None, n_missing=0, n_duplicate_rows=None, columns=columns,
        correlations=None, cramers_v=None, missing_patterns=(), n_missing_patterns=None,
    )  # fmt: skip


def gap(n: int, n_bad: int) -> tuple[Band, ...]:
    return (Band("(missing)", None, None, n, n_bad, n_bad / n, None, None, None),)


@pytest.mark.parametrize(
    ("summary", "role", "reason"),
    [
        (column(), "feature", ""),
        (column("grade", "category", n_distinct=4), "feature", ""),
        (column("region", "category", n_distinct=9), "feature", ""),
        (column("No.", n_distinct=1000, low=1, high=1000), "identifier", "It counts the rows from 1 to 1,000."),
        (column(n_distinct=None, n_rows=500_000, low=0, high=499_999), "identifier", "It counts the rows from 0 to 499,999."),
        (column("customerID", "text", n_distinct=1000), "identifier", "It is a key: all of its 1,000 values differ."),
        (column("case", n_distinct=1000, low=70_000, high=82_000), "identifier",
         "It is a whole number and all of its 1,000 values differ, as those of a key do."),
        (column("income", n_distinct=1000, low=7_000, high=8_200_000), "feature", ""),
        (column("balance", n_distinct=1000, low=7_000.5, high=8_200.25), "feature", ""),
        (column("member_id", n_distinct=1000, low=7_000, high=8_200_000), "identifier",
         "Its name says key, and all of its 1,000 values differ."),
        (column("customer_id", n_distinct=700, low=7_000, high=8_200_000), "identifier",
         "Its name says key, and it has 700 different values in 1,000 rows."),
        (column("loan_id", "text", n_distinct=None, n_rows=400_000), "identifier",
         "Its name says key, and it has very many different values in 400,000 rows."),
        (column("branch_id", n_distinct=12, low=1, high=40), "feature", ""),
        (column("comment", "text", n_distinct=1000, levels=(("paid late", 1),)), "excluded",
         "It is free text: 1,000 different texts in 1,000 rows."),
        (column("note", "text", n_missing=10, n_distinct=800), "excluded", "It is free text: 800 different texts in 990 rows."),
        (column("x", "text", n_missing=1000, n_distinct=0), "excluded", "It is missing in all 1,000 rows."),
        (column("country", "category", n_distinct=1, levels=(("NL", 1000),)), "excluded",
         "It holds one value only, 'NL', in all 1,000 rows."),
        (column("flag", n_distinct=1, n_missing=988, low=1, high=1), "excluded",
         "It holds one value only, '1', in the 12 of 1,000 rows with a value."),
        (column("opened", "date", low="2011-01-01", high="2014-12-31"), "date",
         "It holds dates, from 2011-01-01 to 2014-12-31."),
        (column("recoveries"), "excluded", "Its name says that it is known only after the outcome ('recoveries')."),
        (column("lastPaymentDate", "date", low="2011-01-01", high="2014-12-31"), "excluded",
         "Its name says that it is known only after the outcome ('last payment')."),
        (column("weight", low=0.25, high=3.5), "feature",
         "Its name says weight; give it that role if it says how much a row counts."),
        (column("weight", low=-1, high=3.5), "feature", ""),
        (column("weight_kg", low=40, high=120), "feature", ""),
    ],
)  # fmt: skip
def test_a_role_and_its_reason_from_the_summary_alone(summary, role, reason):
    assert suggest_roles([summary, OUTCOME], None, None)[summary.name] == (role, reason)


def test_a_text_that_is_nearly_a_number_says_what_stands_in_the_way():
    summary = replace(column("income", "text", n_distinct=950), nearly="number", n_against=3, against=("tbc", "n.b."))
    assert suggest_roles([summary], None, None)["income"] == (
        "excluded", "It would be a number but for 3 of its 1,000 values ('tbc', 'n.b.').",
    )  # fmt: skip


def test_the_outcome_is_found_or_taken_as_named():
    assert suggest_roles([OUTCOME], None, None)["Churn"] == (
        "target", "Its name says outcome; its values are No in 5,174 rows, Yes in 1,869 rows.",
    )  # fmt: skip
    three = column("grade", "category", n_distinct=4, levels=(("a", 4), ("b", 3), ("c", 2), ("d", 1)))
    roles = suggest_roles([three, OUTCOME], None, "grade")
    assert roles["grade"] == (
        "target",
        "It was named as the outcome; its values are a in 4 rows, b in 3 rows, c in 2 rows and 1 more.",
    )
    assert roles["Churn"] == ("feature", "")


@pytest.mark.parametrize(
    ("names", "likely"),
    [
        (["Survived", "Sex"], "Survived"),
        (["loan_status", "cb_person_default_on_file"], "loan_status"),
        (["default", "y"], "y"),
        (["a", "b"], "b"),
        ([], None),
    ],
)
def test_the_likely_outcome(names, likely):
    columns = [column("x"), *(column(name, "category", n_distinct=2) for name in names), column("three", n_distinct=3)]
    assert likely_target(columns) == likely


def test_two_rows_make_no_outcome_and_one_row_no_constant():
    pair = column("a", "category", 2, 0, 2, levels=(("x", 1), ("y", 1)))
    assert likely_target([pair]) is None
    assert likely_target([replace(pair, name="default")]) == "default"
    assert suggest_roles([column("a", "category", 1, 0, 1, levels=(("x", 1),))], None, None)["a"] == ("feature", "")


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (ColumnProfile("x", "text", 7043, 5174, 20, bands=gap(5174, 0)),
         "Filled in for all 1,869 rows with Churn = Yes and for no other row; alone it would reach an AUC of 1.000."),
        (ColumnProfile("x", "text", 7043, 5130, 20, bands=gap(5130, 19)),
         "Filled in for 1,850 of the 1,869 rows with Churn = Yes and for 63 of the 5,174 other rows; "
         "alone it would reach an AUC of 0.989."),
        (ColumnProfile("x", "number", 7043, 1869, 20, bands=gap(1869, 1869)),
         "Filled in for all 5,174 rows not with Churn = Yes and for no other row; alone it would reach an AUC of 1.000."),
        (ColumnProfile("x", "number", 7043, 1000, 20, bands=gap(1000, 500)), ""),
        (ColumnProfile("x", "number", 7043, 0, 20, auc=0.951, auc_direction="higher"),
         "Alone it reaches an AUC of 0.951 against Churn: it looks like the outcome, or came after it."),
        (ColumnProfile("x", "number", 7043, 0, 20, auc=0.95, auc_direction="lower"), ""),
        (ColumnProfile("x", "category", 7043, 0, 900, auc=0.97), ""),  # so many levels rank any rows
        (ColumnProfile("x", "category", 7043, 0, 9, auc=0.97),
         "Alone it reaches an AUC of 0.970 against Churn: it looks like the outcome, or came after it."),
        (ColumnProfile("x", "number", 7043, 0, 20, same_as="z"), "It holds the same as 'z' in every one of the 7,043 rows."),
    ],
)  # fmt: skip
def test_what_gives_the_outcome_away_is_left_out(seen, reason):
    summary = column("x", seen.kind, 7043, seen.n_missing, seen.n_distinct)
    if seen.kind == "text" and not reason:
        summary = replace(summary, kind="category")
    role = "excluded" if reason else "feature"
    assert suggest_roles([summary, OUTCOME], profile(seen), "Churn")["x"] == (role, reason)


def test_the_auc_of_being_filled_in_is_the_mann_whitney_one():
    """1,850 of 1,869 bad rows and 63 of 5,174 good ones: AUC = P(bad filled, good not) + 1/2 P(both alike)."""
    b, g = 1850 / 1869, 63 / 5174
    assert f"{b * (1 - g) + 0.5 * (b * g + (1 - b) * (1 - g)):.3f}" == "0.989"


def test_an_auc_of_few_rows_says_nothing():
    few = replace(profile(ColumnProfile("x", "number", 7043, 0, 20, auc=1.0, auc_direction="higher")), n_bad=9)
    assert suggest_roles([column("x", n_rows=7043), OUTCOME], few, "Churn")["x"] == ("feature", "")


def test_every_role_suggested_is_one_that_there_is():
    columns = [OUTCOME, column("a"), column("id", "text", n_distinct=1000), column("d", "date"), column("z", n_distinct=1)]
    found = suggest_roles(columns, None, None)
    assert list(found) == [entry.name for entry in columns]
    assert {role for role, _ in found.values()} == {"target", "feature", "identifier", "date", "excluded"} <= set(ROLES)


def test_a_data_set_with_roles_trains_on_its_features():
    """What was chosen counts, even a row number; a data set from before there were roles is judged by its summaries."""
    row = column("row", n_distinct=1000, low=1, high=1000)
    chosen = [
        replace(OUTCOME, role="target"),
        row,
        replace(column("region"), role="segment", reason="Chosen."),
        replace(column("late"), role="excluded", reason="It is missing in all 1,000 rows."),
        replace(column("w"), role="weight"),
    ]
    assert suggested_features(chosen, "Churn") == (
        ("row",),
        (
            ("region", "a segment, kept to look at groups: chosen"),
            ("late", "left out: it is missing in all 1,000 rows"),
            ("w", "a weight of the rows, which training does not use yet"),
        ),
    )
    assert suggested_features(chosen, "row")[1][0] == ("Churn", "the outcome of the data set")
    assert suggested_features([OUTCOME, row, column("w")], "Churn") == (("w",), (("row", "a row number"),))


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("customerID", ["customer", "id"]),
        ("SK_ID_CURR", ["sk", "id", "curr"]),
        ("Größe in cm", ["größe", "in", "cm"]),
        ("__proto__", ["proto"]),
        ("HTTPStatus", ["http", "status"]),
        (". {", []),
    ],
)
def test_the_words_of_a_name(name, split):
    assert words(name) == split


@pytest.mark.parametrize("name", ["id", "ID", "PassengerId", "member_id", "rownames", "account number", "loan_nr", "uuid"])
def test_names_of_keys(name):
    assert says_key(name)


@pytest.mark.parametrize("name", ["paid", "width", "idle", "number_of_late_payments", "grade", "video"])
def test_names_that_only_look_like_keys(name):
    assert not says_key(name)


@pytest.mark.parametrize(
    ("name", "later"),
    [
        ("recoveries", True), ("collection_recovery_fee", True), ("Charged_Off_Date", True), ("ChurnReason", True),
        ("last_pymnt_amnt", True), ("closedDate", True), ("total_rec_prncp", True), ("debt_settlement_flag", True),
        ("collections_12_mths_ex_med", False), ("previous_defaults_closed", False), ("number of closed accounts", False),
        ("months_since_last_payment", False), ("disclosed_income", False), ("last_name", False), ("enclosed", False),
    ],
)  # fmt: skip
def test_names_that_tell_of_a_later_time(name, later):
    assert (says_later(name) is not None) == later


def test_names_of_outcomes_and_weights():
    assert [says_outcome(name) for name in ("loanStatus", "default next month", "SeriousDlqin2yrs", "income")] == [2, 1, 1, 0]
    assert [says_weight(name) for name in ("wt", "sample_weight", "body weight", "weight_kg")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("file", "target", "not_features"),
    [
        ("credit/german_credit.csv", "creditability", {}),
        ("credit/credit_risk_dataset.csv", "loan_status", {}),
        ("general/Telco-Customer-Churn.csv", "Churn", {"customerID": "identifier"}),
        (
            "general/titanic_train.csv",
            "Survived",
            {"PassengerId": "identifier", "Name": "excluded", "Ticket": "excluded", "Cabin": "excluded"},
        ),
        ("logit/ISLR_Default.csv", "default", {"rownames": "identifier"}),
    ],
)
def test_the_public_files(run_json, public, file, target, not_features):
    """Judged by hand: nothing that a model of these files uses is left out, and what it cannot use is."""
    found = {entry["name"]: entry["role"] for entry in run_json("inspect", public(file))["columns"]}
    assert {name: role for name, role in found.items() if role != "feature"} == {target: "target", **not_features}
