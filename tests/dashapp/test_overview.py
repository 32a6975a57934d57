"""A run's overview says what its result holds: every part of the rows, calibration before and after, each class, the options."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from dashapp.tabs.evaluate.overview import overview
from dashapp.tabs.evaluate.performance import calibration_card, class_table, metrics_card
from pipeline.results import RunResult
from pipeline.spec import TrainSpec
from pipeline.training import train
from tests.pipeline.tables import loans


def trained(n_classes: int = 2, **options: Any) -> tuple[Any, RunResult]:
    """A run as its page gets it."""
    done = train(loans(300, 1, classes=n_classes), TrainSpec.parse({"target": "outcome", **options}))
    view = SimpleNamespace(spec=done.spec, model_sha256=done.model.sha256, finished_at=None, note="", result=done.result)
    return view, done.result


def page(n_classes: int = 2, **options: Any) -> str:
    view, result = trained(n_classes, **options)
    return str(overview(view, result, "light"))


def test_validation_rows_stand_between_training_and_held_out() -> None:
    _, result = trained(validation_share=0.2, folds=3, fold_repeats=2)
    card = str(metrics_card(result))
    assert card.index("'Training'") < card.index("'Validation'") < card.index("'Held out'")
    assert f"{result.validation.auc:.3f}" in card  # type: ignore[union-attr]
    assert "3-fold cross-validation on the training rows, 2 times over" in card
    assert "'Validation'" not in str(metrics_card(trained()[1]))


def test_what_a_weighted_fit_gives_is_shown_before_and_after_the_correction() -> None:
    _, result = trained(class_weight="given", class_weights={"bad": 5})
    assert result.calibration is not None
    assert result.calibration_before is not None
    (card,) = calibration_card(result, "held out", "light")
    text = str(card)
    assert f"{result.calibration.expected_bad:,.0f} bads were expected and {result.calibration.n_bad:,} came" in text
    assert f"As fitted, after weighting or resampling, {result.calibration_before.expected_bad:,.0f} bads" in text
    _, other = trained(class_weight="given", class_weights={"bad": 5}, correct_prior=False)
    (card,) = calibration_card(other, "held out", "light")
    assert "The correction is switched off" in str(card)
    (card,) = calibration_card(trained()[1], "held out", "light")
    assert "correction" not in str(card)
    assert calibration_card(replace(result, calibration=None), "held out", "light") == []


def test_three_classes_have_a_table_and_a_curve_each() -> None:
    text = page(3)
    for words in ("is told apart best", "One against the rest", "are read as the class they are"):
        assert words in text


def test_classes_that_are_told_equally_well_are_not_ranked() -> None:
    _, result = trained(3)
    same = replace(result, classes=tuple(replace(one, auc=0.9) for one in result.classes))
    assert "Each class is told from the rest with an AUC of 0.900" in str(class_table(same, "held out"))


@pytest.mark.parametrize(("penalty", "words"), [("l2", "Log-loss plus penalty falls from"), ("none", "Log-loss falls from")])
def test_the_course_of_the_fit_is_told(penalty: str, words: str) -> None:
    assert words in page(penalty=penalty)


def test_a_result_of_before_these_figures_is_shown_too() -> None:
    view, result = trained()
    older = replace(result, calibration=None, fit=replace(result.fit, objective=(), solver="", optimality=None, mcfadden_r2=None))
    text = str(overview(view, older, "dark"))
    assert "Held out, the AUC is" in text
    assert "Log-loss plus penalty" not in text


def test_training_figures_are_labelled_as_such() -> None:
    text = page(test_share=0)
    assert "On its own training rows the AUC is" in text
    assert "these figures flatter" in text
    assert "On training rows, " in text


def test_the_options_that_set_the_run_apart_are_told_and_all_others_fold() -> None:
    text = page(penalty="l1", C=0.5, winsorise=0.01)
    assert text.count("'Pull in outliers'") == 2  # among those that differ, and among all
    assert text.count("'Seed'") == 1
    assert "All options" in text
