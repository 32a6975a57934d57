"""What to train: every choice of a run, declared once."""

from dataclasses import dataclass

from pipeline.options import Choice, Options, option
from pipeline.spec_conflicts import conflicts_of


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
    split: str = option(
        "random",
        "Hold out",
        "Which rows are kept apart to judge the model.",
        group="Split",
        choices=(
            Choice("random", "At random", "Drawn by the seed."),
            Choice(
                "date", "The latest", "Out of time: the rows with the latest dates of a column; rows of one date stay together."
            ),
            Choice("group", "Whole groups", "Rows that share a value of a column, such as a customer, stay on one side."),
        ),
    )
    split_column: str | None = option(
        None,
        "Date or group column",
        "The column of dates (or of numbers that rise with time), or of groups, that decides the side of a row.",
        group="Split",
        matters_when=("split", "date", "group"),
    )
    test_share: float = option(
        0.3,
        "Held-out share",
        "Share of the rows kept apart to judge the model. 0 trains on all rows and reports no held-out figure.",
        group="Split",
        low=0.0,
        high=0.9,
    )
    validation_share: float = option(
        0.0,
        "Validation share",
        "Share of the rows kept apart a second time, to choose a cut-off or recalibrate on, so that the held-out rows stay "
        "untouched; 0 leaves it out.",
        group="Split",
        low=0.0,
        high=0.8,
    )
    stratify: bool = option(
        True,
        "Same bad rate on both sides",
        "Draws within each class, so that all parts have the same shares.",
        group="Split",
        matters_when=("split", "random"),
    )
    folds: int = option(
        0,
        "Cross-validation folds",
        "Fits the model this many times on parts of the training rows, drawn within each class: whole groups where rows are "
        "split by group, and at random, not in time, where they are split by date. 0 leaves it out.",
        group="Split",
        low=0,
        high=50,
    )
    fold_repeats: int = option(
        1,
        "Repeats of the folds",
        "Draws the folds anew this many times.",
        group="Split",
        low=1,
        high=10,
        matters_when=("folds", "!0"),
    )
    seed: int = option(
        11, "Seed", "Fixes every random choice, so that the run can be repeated.", group="Split", low=0, high=2**31 - 1
    )
    missing_numbers: str = option(
        "median",
        "Missing numbers",
        "What stands in for a missing number; learnt on training rows only.",
        group="Gaps",
        choices=(
            Choice("median", "Median", "The middle value of the training rows."),
            Choice("mean", "Mean", "The average of the training rows."),
            Choice("most_frequent", "Most frequent", "The most frequent value of the training rows; of several, the smallest."),
            Choice("zero", "Zero", "The number 0."),
            Choice("constant", "Constant", "The number given below."),
            Choice("own_level", "Own level", "The average, and a coefficient of its own for missing."),
        ),
    )
    missing_constant: float = option(
        0.0,
        "Constant for a missing number",
        "Stands in for every missing number.",
        group="Gaps",
        low=-1e12,
        high=1e12,
        matters_when=("missing_numbers", "constant"),
    )
    missing_indicator: bool = option(
        False,
        "Flag missing numbers",
        "Adds a column that is 1 where the number was missing, so that missing itself may speak.",
        group="Gaps",
        matters_when=("missing_numbers", "median", "mean", "most_frequent", "zero", "constant"),
    )
    missing_categories: str = option(
        "own_level",
        "Missing categories",
        "What stands in for a missing category.",
        group="Gaps",
        choices=(
            Choice("own_level", "Own level", "Missing is a level of its own."),
            Choice("most_frequent", "Most frequent", "The most frequent level of the training rows."),
            Choice("constant", "Constant", "The level given below, which may be a new one."),
        ),
    )
    missing_level: str | None = option(
        None,
        "Level for a missing category",
        "Stands in for every missing category.",
        group="Gaps",
        matters_when=("missing_categories", "constant"),
    )
    winsorise: float = option(
        0.0,
        "Pull in outliers",
        "Numbers below this quantile of the training rows, or above 1 less it, are set to it; 0 leaves them.",
        group="Numbers",
        low=0.0,
        high=0.25,
    )
    log_columns: tuple[str, ...] = option(
        (), "Logarithm of", "Columns of numbers above −1 that enter as ln(1 + value).", group="Numbers"
    )
    scaling: str = option(
        "standard",
        "Scaling",
        "Puts numbers on one scale, so that a penalty treats them alike. Coefficients are reported in the column's units.",
        group="Numbers",
        choices=(
            Choice("standard", "Standard", "Mean 0 and standard deviation 1 on the training rows."),
            Choice("robust", "Robust", "Median 0 and interquartile range 1 on the training rows."),
            Choice("min_max", "Min-max", "0 for the least and 1 for the greatest number of the training rows."),
            Choice("none", "None", "Numbers as they are."),
        ),
    )
    degree: int = option(
        1,
        "Polynomial degree",
        "Adds powers of the scaled numbers up to this one, so that a boundary can be a curve or a circle.",
        group="Numbers",
        low=1,
        high=4,
    )
    degree_columns: tuple[str, ...] = option(
        (),
        "Powers of",
        "Columns of numbers whose powers are added. None named: all.",
        group="Numbers",
        matters_when=("degree", "2", "3", "4"),
    )
    interactions: tuple[tuple[str, str], ...] = option(
        (),
        "Interactions",
        "Products of two columns, numbers (scaled) or categories; one pair on each line, such as age * income.",
        group="Numbers",
        kind="pairs",
    )
    one_hot: str = option(
        "reference",
        "Levels as columns",
        "Whether one level of each category is left out as the one that the others are compared with.",
        group="Categories",
        choices=(
            Choice("reference", "All but one", "A reference level has no column; coefficients compare with it."),
            Choice("full", "All", "Every level has a column; the coefficients are unique only under a penalty."),
        ),
    )
    reference_level: str = option(
        "first",
        "Reference level",
        "The level of a category that the others are compared with.",
        group="Categories",
        choices=(
            Choice("first", "First", "The first level in sorted order."),
            Choice("most_frequent", "Most frequent", "The most frequent level of the training rows."),
        ),
        matters_when=("one_hot", "reference"),
    )
    reference_levels: tuple[tuple[str, str], ...] = option(
        (),
        "Chosen reference levels",
        "The reference level of single columns; one on each line, such as purpose: car.",
        group="Categories",
        matters_when=("one_hot", "reference"),
        kind="levels",
    )
    rare_share: float = option(
        0.0,
        "Group rare levels below",
        "Levels with a smaller share of the training rows count as one level, (other), and so do levels that training never "
        "saw; 0 groups none.",
        group="Categories",
        low=0.0,
        high=0.5,
    )
    orders: tuple[tuple[str, tuple[str, ...]], ...] = option(
        (),
        "Ordered categories",
        "Categories that enter as one number, 0 for the first level; one column on each line, such as "
        "education: low < middle < high.",
        group="Categories",
        kind="orders",
    )
    weight_of_evidence: str = option(
        "none",
        "Weight of evidence",
        "Puts ln(share of goods / share of bads) of the bin or level in place of the value; learnt on training rows only.",
        group="Binning",
        choices=(
            Choice("none", "Nowhere", "Values enter as they are."),
            Choice("chosen", "Chosen columns", "In the columns named below."),
            Choice("all", "Everywhere", "In all columns, as a scorecard has it."),
        ),
    )
    woe_columns: tuple[str, ...] = option(
        (),
        "Binned columns",
        "Columns that enter as weight of evidence.",
        group="Binning",
        matters_when=("weight_of_evidence", "chosen"),
    )
    woe_bins: int = option(
        6,
        "Bins at most",
        "Numbers are cut into at most this many bins, with bad rates that only rise or only fall; codes and missing stand apart.",
        group="Binning",
        low=2,
        high=20,
        matters_when=("weight_of_evidence", "chosen", "all"),
    )
    woe_share: float = option(
        0.05,
        "Least share of a bin",
        "A bin holds at least this share of the training rows.",
        group="Binning",
        low=0.001,
        high=0.5,
        matters_when=("weight_of_evidence", "chosen", "all"),
    )
    penalty: str = option(
        "l2",
        "Penalty",
        "What pulls the coefficients towards 0. Standard errors are honest only without one.",
        group="Model",
        choices=(
            Choice("none", "None", "Maximum likelihood."),
            Choice("l2", "L2", "Ridge: ½‖β‖² is added to C times the log-loss."),
            Choice("l1", "L1", "Lasso: ‖β‖₁ is added to C times the log-loss; some coefficients become exactly 0."),
            Choice("elasticnet", "Elastic net", "A mix of L1 and L2 by the share given below."),
        ),
    )
    C: float = option(
        1.0,
        "Strength of penalty, C",
        "Inverse strength: smaller pulls the coefficients closer to 0.",
        group="Model",
        low=1e-6,
        high=1e6,
        matters_when=("penalty", "l2", "l1", "elasticnet"),
    )
    l1_ratio: float = option(
        0.5,
        "Share of L1",
        "0 is L2 alone, 1 is L1 alone.",
        group="Model",
        low=0.0,
        high=1.0,
        matters_when=("penalty", "elasticnet"),
    )
    class_weight: str = option(
        "none",
        "Class weight",
        "How much a row of each class counts in the fit.",
        group="Imbalance",
        choices=(
            Choice("none", "As is", "Every row counts once."),
            Choice("balanced", "Balanced", "Both classes count the same in all."),
            Choice("given", "Own", "The weights given below."),
        ),
    )
    class_weights: tuple[tuple[str, float], ...] = option(
        (),
        "Own class weights",
        "The weight of a row of each class; one label on each line, such as bad: 5. A label that is not named counts 1.",
        group="Imbalance",
        matters_when=("class_weight", "given"),
        kind="weights",
    )
    resampling: str = option(
        "none",
        "Resampling",
        "Evens out the classes among the training rows, after the split and inside each fold only.",
        group="Imbalance",
        choices=(
            Choice("none", "None", "The training rows as they are."),
            Choice("over", "Over-sampling", "Rows of the rarer classes are drawn again, until the classes are equal."),
            Choice(
                "under", "Under-sampling", "Rows of the commoner classes are left out at random, until the classes are equal."
            ),
            Choice("smote", "SMOTE", "New rows between neighbours of the rarer classes, on the columns as the model sees them."),
            Choice("smotenc", "SMOTENC", "The same, with the level that most neighbours have for categories."),
        ),
    )
    neighbours: int = option(
        5,
        "Neighbours",
        "How many neighbours a new row may lean on.",
        group="Imbalance",
        low=1,
        high=50,
        matters_when=("resampling", "smote", "smotenc"),
    )
    correct_prior: bool = option(
        True,
        "Correct the probabilities",
        "After weighting or resampling, moves the intercept back to the class shares of the training rows, so that "
        "probabilities are chances again.",
        group="Imbalance",
        matters_when=("class_weight", "balanced", "given"),
        or_when=("resampling", "over", "under", "smote", "smotenc"),
    )
    multiclass: str = option(
        "multinomial",
        "Three classes and more",
        "How an outcome with three classes or more is modelled.",
        group="Model",
        choices=(
            Choice("multinomial", "Multinomial", "One model of all classes; its probabilities sum to 1."),
            Choice("one_vs_rest", "One against rest", "A model for each class against all others, scaled to sum to 1."),
        ),
        matters_when=("bad_label", ""),
    )
    cutoff: float = option(
        0.5,
        "Cut-off",
        "Refuse when the probability of bad is at or above it.",
        group="Model",
        low=0.0,
        high=1.0,
    )
    bootstrap: int = option(
        0,
        "Bootstrap refits",
        "Fits the model this many times on rows drawn with replacement, for intervals that are honest under a penalty, weights "
        "or resampling too; 0 leaves it out.",
        group="Model",
        low=0,
        high=2_000,
    )
    solver: str = option(
        "auto",
        "Solver",
        "What finds the coefficients. All find the same where they converge.",
        group="Solver",
        choices=(
            Choice(
                "auto",
                "Own",
                "Newton's method, or coordinate descent within it where there is an L1 part; checked to have converged.",
            ),
            Choice("lbfgs", "lbfgs", "scikit-learn's default; penalty none or L2."),
            Choice(
                "liblinear",
                "liblinear",
                "scikit-learn; L1 or L2, two classes or one against rest; it penalises the intercept too.",
            ),
            Choice("newton-cg", "newton-cg", "scikit-learn; penalty none or L2."),
            Choice("newton-cholesky", "newton-cholesky", "scikit-learn; penalty none or L2."),
            Choice("sag", "sag", "scikit-learn; penalty none or L2; slow unless numbers are scaled."),
            Choice("saga", "saga", "scikit-learn; every penalty; slow unless numbers are scaled."),
        ),
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
        "Steps before the fit is called not converged.",
        group="Solver",
        low=1,
        high=10_000,
    )

    def codes_of(self, column: str) -> tuple[tuple[str, str], ...]:
        """The special codes of a column, each with what it means: level or missing."""
        return dict(self.special_codes).get(column, ())

    @property
    def decides(self) -> str | None:
        """The column that decides which rows are held out; None where they are drawn at random."""
        return (self.split_column or None) if self.split != "random" else None

    @property
    def outcome_columns(self) -> tuple[str, ...]:
        """The columns that tell the outcome of every row and which part it belongs to."""
        return tuple(dict.fromkeys([self.target, *([self.decides] if self.decides else [])]))

    def binned(self, column: str) -> bool:
        """Whether a column enters as weight of evidence."""
        return self.weight_of_evidence == "all" or (self.weight_of_evidence == "chosen" and column in self.woe_columns)

    def conflicts(self) -> dict[str, str]:
        """Sentences for options that are right alone and wrong together; those without an effect are not asked."""
        return conflicts_of(self)
