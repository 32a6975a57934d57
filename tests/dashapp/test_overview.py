"""A run's overview says what its result holds: every part of the rows, decisions at its own cut-off, calibration, classes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dash.development.base_component import Component

from dashapp.tabs.evaluate.decisions import class_table, cutoffs_card
from dashapp.tabs.evaluate.judged import judged
from dashapp.tabs.evaluate.overview import overview
from dashapp.tabs.evaluate.probabilities import calibration_card
from dashapp.tabs.evaluate.worth import metrics_card
from dashapp.usecases.runs import RunView
from pipeline.cutoffs.decisions import confusion_at
from pipeline.evaluation_results import Confusion
from pipeline.results import RunResult, ScoreScale
from tests.dashapp.run_views import trained_view


def page(n_classes: int = 2, **options: Any) -> str:
    view, result = trained_view(n_classes, **options)
    return str(overview(view, result, "light"))


def worth(view: RunView, result: RunResult) -> str:
    return str(metrics_card(view, result, judged(view, result), 7))


def calibration(view: RunView, result: RunResult) -> list[Component]:
    return calibration_card(result, judged(view, result), "light", 7)


def test_every_part_stands_in_its_column() -> None:
    view, result = trained_view(validation_share=0.2, folds=3, fold_repeats=2)
    card = worth(view, result)
    names = ["Held out\\n", "Validation\\n", "Cross-validated\\n", "Training\\n"]
    assert [card.index(name) for name in names] == sorted(card.index(name) for name in names)
    assert f"{result.validation.auc:.3f}" in card  # type: ignore[union-attr]
    of_folds = result.evaluation("cross_validated").metrics  # type: ignore[union-attr]
    assert f"{of_folds.auc:.3f}" in card  # type: ignore[union-attr]
    assert "3-fold cross-validation on the training rows, 2 times over" in card
    assert "Validation\\n" not in worth(*trained_view())


def test_figures_have_their_intervals_and_say_how_they_were_made() -> None:
    view, result = trained_view()
    card = worth(view, result)
    assert f"{result.test.auc_low:.3f} to {result.test.auc_high:.3f}" in card  # type: ignore[union-attr]
    found = judged(view, result).decisions.figure("recall")  # type: ignore[union-attr]
    assert f"{found.low:.3f} to {found.high:.3f}" in card
    assert "DeLong" in card
    assert "Wilson" in card


def test_rows_of_later_dates_are_called_out_of_time() -> None:
    view, result = trained_view()
    by_date = replace(view, spec=replace(view.spec, split="date"))
    text = str(overview(by_date, result, "light"))
    assert "Out of time, the AUC is" in text
    assert "Held out, the AUC is" not in text


def test_decisions_are_those_at_the_saved_cutoff() -> None:
    view, result = trained_view()
    assert result.scores_test is not None
    saved = replace(view, cutoff=0.27, cutoff_by="Colleague", cutoff_at=datetime.now(UTC) - timedelta(minutes=12), mine=False)
    counts = confusion_at(result.scores_test, 0.27)
    assert counts != result.confusion_test
    text = str(overview(saved, result, "light"))
    assert "Decisions at 0.27" in text
    assert "saved by Colleague, 12 min ago" in text
    assert "href='/runs/r/threshold'" in text
    assert f"At 0.27, {counts.fn} of {counts.fn + counts.tp} bads slip through" in text
    assert f"{counts.tn + counts.fn} of {result.test.n_rows}" in text  # type: ignore[union-attr]
    assert "nobody has saved another" in str(overview(view, result, "light"))


def test_a_cutoff_that_was_chosen_on_the_rows_that_it_is_reported_on_is_marked() -> None:
    said = "These decisions flatter"
    view, result = trained_view()
    assert said not in str(overview(view, result, "light"))  # nobody chose the one of the options by looking at these rows
    saved = {"cutoff_by": "Analyst", "cutoff_at": datetime.now(UTC)}
    assert said in str(overview(replace(view, **saved), result, "light"))
    other, folded = trained_view(folds=3)
    assert said not in str(overview(replace(other, **saved), folded, "light"))
    by_hand = {"rule": "by_hand", "label": "By hand", "part": "held_out", "flatters": True}
    text = str(overview(replace(other, **saved, cutoff_choice=by_hand), folded, "light"))
    assert said in text
    assert "saved by Analyst, now: by hand, on held-out rows" in text


def test_the_runs_cutoff_stands_among_the_tenths_and_is_marked() -> None:
    view, result = trained_view()
    assert result.scores_test is not None
    view = replace(view, cutoff=0.27)
    card = cutoffs_card(view, result, judged(view, result), result.scores_test, 8)
    rows = card.children[1].children.children[2].children
    heads = [row.children[0].children for row in rows]
    assert heads[:2] == ["0.10", "0.20"]
    assert [i for i, row in enumerate(rows) if getattr(row, "className", "") == "selected"] == [2]
    assert heads[2] == "0.27\nthis run"


def test_the_report_has_both_classes_and_their_means() -> None:
    view, result = trained_view()
    text = str(overview(view, result, "light"))
    for name in (*result.data.labels, "Plain mean", "Mean by rows"):
        assert f"'{name}'" in text or f"({name!r}" in text


def test_the_matrix_holds_shares_of_the_class_the_decision_and_all() -> None:
    view, result = trained_view()
    counts = judged(view, result).confusion
    assert isinstance(counts, Confusion)
    text = str(overview(view, result, "light"))
    n = counts.tn + counts.fp + counts.fn + counts.tp
    assert f"{counts.tn / (counts.tn + counts.fp):.0%} of goods" in text
    assert f"{counts.tn / (counts.tn + counts.fn):.0%} of approved" in text
    assert f"{counts.tn / n:.0%} of all" in text


def test_what_a_weighted_fit_gives_is_shown_before_and_after_the_correction() -> None:
    view, result = trained_view(class_weight="given", class_weights={"bad": 5})
    assert result.calibration is not None
    assert result.calibration_before is not None
    text = str(calibration(view, result))
    assert f"{result.calibration.expected_bad:,.0f} bads were expected and {result.calibration.n_bad:,} came" in text
    assert f"As fitted, after weighting or resampling, {result.calibration_before.expected_bad:,.0f} bads" in text
    other = calibration(*trained_view(class_weight="given", class_weights={"bad": 5}, correct_prior=False))
    assert "The correction is switched off" in str(other)
    assert "correction" not in str(calibration(*trained_view()))
    assert calibration(view, replace(result, calibration=None)) == []


def test_three_classes_have_a_table_a_curve_and_means() -> None:
    text = page(3)
    for words in (
        "is told apart best",
        "One against the rest",
        "are read as the class they are",
        "Plain mean",
        "were expected and",
    ):
        assert words in text
    assert "Threshold" not in text


def test_classes_that_are_told_equally_well_are_not_ranked() -> None:
    view, result = trained_view(3)
    same = replace(result, classes=tuple(replace(one, auc=0.9) for one in result.classes))
    assert "Each class is told from the rest with an AUC of 0.900" in str(class_table(same, judged(view, same), 7))


@pytest.mark.parametrize(("penalty", "words"), [("l2", "Log-loss plus penalty falls from"), ("none", "Log-loss falls from")])
def test_the_course_of_the_fit_is_told(penalty: str, words: str) -> None:
    assert words in page(penalty=penalty)


def test_a_result_of_before_these_figures_is_shown_too() -> None:
    view, result = trained_view()
    assert result.fit is not None
    fit = replace(result.fit, objective=(), solver="", optimality=None, mcfadden_r2=None)
    text = str(overview(view, replace(result, calibration=None, evaluations=(), fit=fit), "dark"))
    assert "Held out, the AUC is" in text
    for absent in ("Log-loss plus penalty", "Average precision", "Gains table", "Probabilities"):
        assert absent not in text


def test_training_figures_are_labelled_as_such() -> None:
    text = page(test_share=0)
    assert "On its own training rows the AUC is" in text
    assert "these figures flatter" in text
    assert "On training rows, " in text


def test_a_score_from_elsewhere_is_told_in_its_own_unit() -> None:
    view, result = trained_view()
    scale = ScoreScale(column="bureau", low=300, high=850, higher_is="good", is_probability=False)
    older = replace(
        result, train=None, confusion_train=None, roc_train=None, scores_train=None, fit=None, scale=scale, evaluations=()
    )
    text = str(overview(replace(view, cutoff=0.4), older, "light"))
    assert "Decisions at 630" in text
    assert "no row is one that the score was fitted on here" in text
    assert "bureau, worse to the right" in text


def test_the_options_that_set_the_run_apart_are_told_and_all_others_fold() -> None:
    text = page(penalty="l1", C=0.5, winsorise=0.01)
    assert text.count("'Pull in outliers'") == 1
    assert "'Seed'" not in text
    assert "All options" in text
