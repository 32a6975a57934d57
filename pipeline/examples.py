"""Built-in example tables: made from a seed and a known truth, or bundled with scikit-learn."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.frame import Floats


@dataclass(frozen=True)
class Example:
    """A table to try things on: where it comes from, its outcome, and which label of that is bad (null for several classes)."""

    name: str
    description: str
    target: str
    bad_label: str | None
    make: Callable[[], pa.Table]


def _category(codes: NDArray[np.intp], levels: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(levels, pa.string()))


def _drawn(generator: np.random.Generator, n: int, shares: tuple[float, ...]) -> NDArray[np.intp]:
    """Positions drawn with the given shares, from uniform numbers alone, whose stream numpy keeps stable."""
    return np.searchsorted(np.cumsum(shares)[:-1] / sum(shares), generator.random(n), side="right")


def _outcome(log_odds: Floats, generator: np.random.Generator, rate: float) -> NDArray[np.bool_]:
    """Events with these log-odds, shifted so that the expected share of events is `rate`."""
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        if (1 / (1 + np.exp(-(log_odds + middle)))).mean() < rate:
            low = middle
        else:
            high = middle
    return np.asarray(generator.random(len(log_odds)) < 1 / (1 + np.exp(-(log_odds + low))))


def _with_gaps(values: NDArray[Any], missing: NDArray[np.bool_], decimals: int) -> pa.Array:
    kept = np.round(values, decimals)
    return pa.array(kept if decimals else kept.astype(np.int64), mask=missing)


def loan_book() -> pa.Table:
    """20,000 applicants with a two-year outcome, 12% bad in expectation.

    The log-odds of default are linear in log income, debt, late payments, age, employment, term and the categories; whether
    the savings are known depends on the employment, as such gaps do. All values are made up.
    """
    n = 20_000
    draw = np.random.Generator(np.random.PCG64(20))
    age = np.clip(np.round(18 + 52 * draw.beta(1.8, 2.6, n)), 18, 80)
    employment = np.clip(np.round(draw.exponential(6.5, n) * np.minimum(1, (age - 17) / 20), 1), 0, age - 16)
    income = np.round(np.exp(10.45 + 0.012 * (age - 40) + 0.02 * np.minimum(employment, 15) + draw.normal(0, 0.5, n)), -2)
    amount = np.round(np.exp(8.9 + 0.35 * (np.log(income) - 10.45) + draw.normal(0, 0.65, n)), -2).clip(500, 120_000)
    term = np.array([12, 24, 36, 48, 60, 72])[_drawn(draw, n, (0.08, 0.2, 0.34, 0.18, 0.16, 0.04))]
    debt = np.round((0.08 + 0.9 * draw.beta(2.0, 5.0, n) + 6 * amount / term / income).clip(0, 1.6), 3)
    late = draw.poisson(np.exp(-1.1 + 1.3 * (debt - 0.35)))
    inquiries = draw.poisson(0.9 + 0.3 * (late > 0))
    utilisation = np.round(100 * draw.beta(1.4, 2.2, n), 1)
    savings = np.round(np.exp(draw.normal(7.4 + 0.6 * (np.log(income) - 10.45), 1.3, n)))
    homes = ("mortgage", "other", "own", "rent")
    home = _drawn(draw, n, (0.38, 0.03, 0.16, 0.43))
    purposes = ("business", "car", "debt consolidation", "education", "home improvement", "medical")
    purpose = _drawn(draw, n, (0.07, 0.24, 0.35, 0.08, 0.18, 0.08))
    regions = ("east", "north", "south", "west")
    region = _drawn(draw, n, (0.22, 0.31, 0.27, 0.20))
    log_odds = (
        -0.75 * (np.log(income) - 10.45)
        + 2.1 * (debt - 0.35)
        + 0.55 * np.minimum(late, 5)
        + 0.16 * inquiries
        + 0.012 * (utilisation - 38)
        - 0.055 * np.minimum(employment, 15)
        - 0.012 * (age - 40)
        + 0.011 * (term - 36)
        - 0.18 * (np.log(savings + 1) - 7.4)
        + np.array([-0.25, 0.2, -0.35, 0.2])[home]
        + np.array([0.55, -0.25, 0.2, 0.1, -0.15, 0.25])[purpose]
        + np.array([0.05, -0.05, 0.1, -0.1])[region]
    )
    bad = _outcome(log_odds, draw, 0.12)
    gaps = draw.random((4, n))
    return pa.table(
        {
            "application_id": pa.array([f"A{number:06d}" for number in range(1, n + 1)]),
            "age_years": age.astype(np.int64),
            "income_yearly": income.astype(np.int64),
            "employment_years": _with_gaps(employment, gaps[0] < 0.06, 1),
            "home_ownership": _category(home, homes),
            "region": _category(region, regions),
            "purpose": _category(purpose, purposes),
            "loan_amount": amount.astype(np.int64),
            "loan_term_months": term.astype(np.int64),
            "debt_to_income": _with_gaps(debt, gaps[1] < 0.02, 3),
            "late_payments_2y": late.astype(np.int64),
            "credit_inquiries_6m": inquiries.astype(np.int64),
            "card_utilisation_pct": _with_gaps(utilisation, gaps[2] < 0.04, 1),
            "savings_balance": _with_gaps(savings, gaps[3] < np.where(employment < 2, 0.25, 0.1), 0),
            "defaulted": _category(bad.astype(np.intp), ("no", "yes")),
        }
    )


def deployments() -> pa.Table:
    """500 deployments of software: large, hurried and badly tested ones fail more often. All values are made up."""
    n = 500
    draw = np.random.Generator(np.random.PCG64(5))
    files = np.maximum(1, np.round(np.exp(draw.normal(2.0, 1.0, n))))
    hours = np.round(draw.exponential(30, n), 1)
    friday = draw.random(n) < 0.2
    coverage = np.round(100 * draw.beta(8, 3, n), 1)
    log_odds = 0.6 * np.log(files) - 0.012 * hours + 0.7 * friday - 0.05 * (coverage - 73)
    failed = _outcome(log_odds, draw, 0.2)
    return pa.table(
        {
            "files_changed": files.astype(np.int64),
            "hours_since_last_deploy": hours,
            "is_friday": _category(friday.astype(np.intp), ("no", "yes")),
            "test_coverage_pct": coverage,
            "failed": _category(failed.astype(np.intp), ("no", "yes")),
        }
    )


def breast_cancer() -> pa.Table:
    """569 tumours in 30 measurements (Wolberg, Street and Mangasarian 1995), as scikit-learn bundles them."""
    from sklearn.datasets import load_breast_cancer  # over a second of imports that only making this table pays

    return _bundled(load_breast_cancer(), "diagnosis")


def wine() -> pa.Table:
    """178 wines of three cultivars in 13 measurements (Aeberhard and Forina 1991), as scikit-learn bundles them."""
    from sklearn.datasets import load_wine

    return _bundled(load_wine(), "cultivar")


def _bundled(bunch: Any, target: str) -> pa.Table:
    columns: dict[str, Any] = {
        str(name).replace(" ", "_").replace("/", "_per_"): np.ascontiguousarray(bunch.data[:, k])
        for k, name in enumerate(bunch.feature_names)
    }
    columns[target] = _category(bunch.target, tuple(map(str, bunch.target_names)))
    return pa.table(columns)


EXAMPLES = (
    Example(
        "Loan book",
        "20,000 made-up loan applicants with a two-year outcome: skewed incomes and amounts, gaps, categories, about 12% bad.",
        "defaulted",
        "yes",
        loan_book,
    ),
    Example(
        "Deployments",
        "500 made-up software deployments and whether they failed.",
        "failed",
        "yes",
        deployments,
    ),
    Example(
        "Breast cancer",
        "569 tumours in 30 measurements, malignant or benign (Wisconsin diagnostic data, bundled with scikit-learn).",
        "diagnosis",
        "malignant",
        breast_cancer,
    ),
    Example(
        "Wine",
        "178 wines of three cultivars in 13 measurements (bundled with scikit-learn): three classes.",
        "cultivar",
        None,
        wine,
    ),
)
