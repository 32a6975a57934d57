"""A profile and a comparison made by hand, small enough to check with a pencil. 1,000 loans, 200 of them bad."""

import math

from pipeline.profiling.results import (
    Alert,
    Association,
    Band,
    ColumnProfile,
    Comparison,
    Histogram,
    MissingPattern,
    Profile,
    Shift,
)

N, BAD = 1000, 200


def band(n: int, n_bad: int, *, level: str | None = None, low: float | None = None, high: float | None = None) -> Band:
    """With the Wilson interval and the weight of evidence of its counts."""
    rate, z = n_bad / n, 1.959963984540054
    middle, half = rate + z * z / (2 * n), z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    woe = math.log((n - n_bad) / (N - BAD) / (n_bad / BAD)) if 0 < n_bad < n else None
    below = 1 + z * z / n
    return Band(level, low, high, n, n_bad, rate, (middle - half) / below, (middle + half) / below, woe)


RATIO = ColumnProfile(
    "loan_percent_income", "number", N, 50, 77, minimum=0.0, maximum=0.8, mean=0.2, sd=0.1, skew=1.06, n_zeros=3, n_negative=0,
    quantiles=((0.01, 0.02), (0.05, 0.03), (0.25, 0.09), (0.5, 0.15), (0.75, 0.23), (0.95, 0.37), (0.99, 0.5)),
    quantile_error=0.01, outliers_low=0, outliers_high=4, fence_low=-0.33, fence_high=0.65, median_good=0.13, median_bad=0.24,
    histogram=Histogram((0.0, 0.1, 0.2, 0.3, 0.4, 0.5), (300, 250, 200, 150, 46), (30, 27, 28, 80, 25), 0, 4),
    bands=(
        band(300, 30, low=0.0, high=0.1),
        band(250, 27, low=0.1, high=0.2),
        band(200, 28, low=0.2, high=0.3),
        band(200, 107, low=0.3, high=0.8),
        band(50, 8, level="(missing)"),
    ),
    information_value=0.87, auc=0.721, auc_direction="higher",
)  # fmt: skip
GRADE = ColumnProfile(
    "loan_grade", "category", N, 0, 3, top=(("A", 500), ("B", 300), ("G", 200)),
    bands=(band(500, 40, level="A"), band(300, 60, level="B"), band(200, 100, level="G")), information_value=0.6, auc=0.7,
)  # fmt: skip
AGE = ColumnProfile(
    "age", "number", N, 0, 60, minimum=20, maximum=144, mean=30.0, sd=9.0, skew=2.0, n_zeros=0, n_negative=0,
    histogram=Histogram((20.0, 30.0, 40.0, 50.0), (500, 300, 195), (101, 59, 40), 0, 5),
    quantiles=((0.5, 28.0),), outliers_low=0, outliers_high=5, fence_low=-10.0, fence_high=80.0,
    median_good=28.0, median_bad=28.0,
    bands=(band(500, 101, low=20, high=30), band(500, 99, low=30, high=144)), information_value=0.001, auc=0.505,
    auc_direction="lower",
)  # fmt: skip
OUTCOME = ColumnProfile("defaulted", "category", N, 0, 2, top=(("no", 800), ("yes", 200)))
OPENED = ColumnProfile("opened", "date", N, 0, 300, minimum="2024-01-01", maximum="2024-12-31")

PROFILE = Profile(
    n_rows=N,
    target="defaulted",
    bad_label="yes",
    class_counts=(("no", 800), ("yes", 200)),
    n_unknown=0,
    n_bad=BAD,
    bad_rate=0.2,
    bad_rate_low=0.176,
    bad_rate_high=0.226,
    n_missing=50,
    n_duplicate_rows=3,
    columns=(AGE, GRADE, RATIO, OPENED, OUTCOME),
    correlations=Association(
        "pearson", ("age", "income", "loan_percent_income"), (0, 2, 1),
        ((1.0, 0.1, None), (0.1, 1.0, -0.62), (None, -0.62, 1.0)), N, N,
    ),
    cramers_v=Association(
        "cramers_v", ("loan_grade", "defaulted"), (1, 0), ((1.0, 0.41), (0.41, 1.0)), N, N, (("note", "too many levels"),)
    ),
    missing_patterns=(MissingPattern((), 950), MissingPattern(("loan_percent_income",), 50)),
    n_missing_patterns=2,
    alerts=(
        Alert("outliers", "caution", "age", "Impossible values", "5 ages lie above 80.", "missing"),
        Alert("leak", "info", "loan_grade", "May be the lender's verdict", "It is known after the decision.", "exclude"),
    ),
)  # fmt: skip

SHIFT = Shift("loan_percent_income", "number", 0.31, (("under 0.1", 300, 100), ("0.1 and more", 700, 900)))
COMPARISON = Comparison(
    "Loans 2024", "Loans 2025", 1000, 1000,
    (
        Shift("age", "number", 0.02, (("under 30", 500, 480), ("30 and more", 500, 520))),
        SHIFT,
        Shift("loan_grade", "category", 0.15, (("A", 500, 380), ("B", 300, 360), ("G", 200, 260))),
        Shift("note", "text", None, (), "Free text has no bands."),
    ),
    ("opened",), ("channel",), 0.2, 0.26,
)  # fmt: skip
