"""What to train: every choice of a run, declared once."""

from dataclasses import dataclass

from pipeline.errors import quoted
from pipeline.options import Choice, Options, option


@dataclass(frozen=True)
class TrainSpec(Options):
    """All choices of one training run. Two equal specs on equal data give the same model."""

    target: str = option("", "Outcome", "The column that the model predicts.", group="Outcome", required=True)
    bad_label: str | None = option(
        None,
        "Bad is",
        "The label of the outcome that counts as bad (1): the event whose probability is predicted.",
        group="Outcome",
    )
    features: tuple[str, ...] = option(
        (), "Features", "The columns that the model may use. None named: all that carry information.", group="Columns"
    )
    categorical: tuple[str, ...] = option(
        (),
        "Read as categories",
        "Columns of numbers whose values are codes, such as a grade from 1 to 4.",
        group="Columns",
    )
    special_codes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = option(
        (),
        "Special codes",
        "Values with a meaning of their own, such as score: -9=level, -8=missing. A level gets a coefficient of its own and "
        "counts as missing for the number; missing is a gap like any other. One column on each line.",
        group="Columns",
    )
    test_share: float = option(
        0.3,
        "Held-out share",
        "Share of the rows kept apart to judge the model, drawn within each class. 0 trains on all rows and reports no "
        "held-out figure.",
        group="Split",
        low=0.0,
        high=0.9,
    )
    folds: int = option(
        0,
        "Cross-validation folds",
        "Fits the model this many times on parts of the training rows; 0 leaves it out.",
        group="Split",
        low=0,
        high=50,
    )
    seed: int = option(
        11, "Seed", "Fixes every random choice, so that the run can be repeated.", group="Split", low=0, high=2**31 - 1
    )
    missing_numbers: str = option(
        "median",
        "Missing numbers",
        "What stands in for a missing number; learnt on training rows only.",
        group="Preparation",
        choices=(
            Choice("median", "Median", "The middle value of the training rows."),
            Choice("mean", "Mean", "The average of the training rows."),
            Choice("zero", "Zero", "The number 0."),
        ),
    )
    missing_indicator: bool = option(
        False,
        "Flag missing numbers",
        "Adds a column that is 1 where the number was missing, so that missing itself may speak.",
        group="Preparation",
    )
    missing_categories: str = option(
        "own_level",
        "Missing categories",
        "What stands in for a missing category.",
        group="Preparation",
        choices=(
            Choice("own_level", "Own level", "Missing is a level of its own."),
            Choice("most_frequent", "Most frequent", "The most frequent level of the training rows."),
        ),
    )
    reference_level: str = option(
        "first",
        "Reference level",
        "The level of a category that the others are compared with.",
        group="Preparation",
        choices=(
            Choice("first", "First", "The first level in sorted order."),
            Choice("most_frequent", "Most frequent", "The most frequent level of the training rows."),
        ),
    )
    scaling: str = option(
        "standard",
        "Scaling",
        "Puts numbers on one scale, so that a penalty treats them alike. Coefficients are reported in the column's units.",
        group="Preparation",
        choices=(
            Choice("standard", "Standard", "Mean 0 and standard deviation 1 on the training rows."),
            Choice("none", "None", "Numbers as they are."),
        ),
    )
    penalty: str = option(
        "l2",
        "Penalty",
        "What pulls the coefficients towards 0. Standard errors are honest only without one.",
        group="Model",
        choices=(
            Choice("none", "None", "Maximum likelihood."),
            Choice("l2", "L2", "Ridge: ½‖β‖² is added to C times the log-loss."),
        ),
    )
    C: float = option(
        1.0,
        "Strength of penalty, C",
        "Inverse strength: smaller pulls the coefficients closer to 0.",
        group="Model",
        low=1e-6,
        high=1e6,
        matters_when=("penalty", "l2"),
    )
    class_weight: str = option(
        "none",
        "Class weight",
        "How much a row of each class counts in the fit.",
        group="Model",
        choices=(
            Choice("none", "As is", "Every row counts once; probabilities stay honest."),
            Choice("balanced", "Balanced", "Both classes count the same in all; probabilities are shifted towards bad."),
        ),
    )
    cutoff: float = option(
        0.5,
        "Cut-off",
        "Refuse when the probability of bad is at or above it.",
        group="Model",
        low=0.0,
        high=1.0,
    )
    tolerance: float = option(
        1e-8,
        "Tolerance",
        "The fit has converged when no element of the mean gradient is larger.",
        group="Solver",
        low=1e-12,
        high=1e-2,
    )
    max_iterations: int = option(
        200,
        "Iterations at most",
        "Newton steps before the fit is called not converged.",
        group="Solver",
        low=1,
        high=10_000,
    )

    def codes_of(self, column: str) -> tuple[tuple[str, str], ...]:
        """The special codes of a column, each with what it means: level or missing."""
        return dict(self.special_codes).get(column, ())

    def conflicts(self) -> dict[str, str]:
        problems: dict[str, str] = {}
        if self.target in self.features:
            problems["features"] = f"'{self.target}' is the outcome, so it cannot be a feature too; take it out of the features."
        if self.folds == 1:
            problems["folds"] = "Cross-validation needs at least 2 folds; 0 leaves it out."
        if self.target in dict(self.special_codes):
            problems["special_codes"] = f"'{self.target}' is the outcome, so it has no special codes; take them out."
        coded = [name for name, _ in self.special_codes if self.features and name not in (*self.features, self.target)]
        if coded:
            problems["special_codes"] = (
                f"{quoted(coded)} has special codes but is not among the features; add it, or take them out."
            )
        stray = [name for name in self.categorical if self.features and name not in self.features]
        if stray:
            problems["categorical"] = f"{quoted(stray)} is read as a category but is not among the features; add it there."
        return problems
