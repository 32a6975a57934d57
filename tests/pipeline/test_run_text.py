"""A run as the terminal tells it."""

from pipeline.commands.run_text import run_text
from pipeline.training import train
from tests.pipeline.tables import loans, spec


def told(**options: object) -> str:
    run = train(loans(500, classes=int(str(options.pop("classes", 2)))), spec(**options))
    return run_text(run.spec, run.result, ())


def test_parts_resampling_and_calibration_are_told():
    text = told(test_share=0.3, validation_share=0.1, resampling="over", folds=2, fold_repeats=2, class_weight="none")
    for words in (
        "after resampling), 51 for validation, 151 held out",  # 225 bads and 275 goods, each share rounded half up
        "held out: at random within each class",
        "training  validation  held out",
        "calibration (held out)",
        "before the correction",
        "2-fold cross-validation, 2 times",
    ):
        assert words in text


def test_what_there_is_not_is_left_out():
    text = told()
    assert "calibration (training)" in text
    for words in ("validation", "resampling", "before the correction", "if corrected", "class ("):
        assert words not in text


def test_three_classes_are_told_one_by_one():
    text = told(classes=3, test_share=0.3)
    assert "class (held out)" in text
    assert "calibration" not in text


def test_an_uncorrected_run_tells_what_the_correction_would_give():
    assert "if corrected" in told(class_weight="balanced", correct_prior=False)
