"""The same preparation and fit in scikit-learn, as an oracle."""

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

from pipeline.model import FittedModel
from pipeline.spec import TrainSpec
from pipeline.terms import CategoryTerm, NumberTerm

STRATEGIES = {"median": "median", "mean": "mean", "zero": "constant", "most_frequent": "most_frequent"}
SCALERS = {"standard": StandardScaler, "robust": RobustScaler, "min_max": MinMaxScaler}


def pipeline_of(model: FittedModel, spec: TrainSpec, **options: object) -> Pipeline:
    """An unfitted pipeline with the preparation that the spec asks for; reference levels are taken from the model."""
    numbers = [term.field for term in model.terms if isinstance(term, NumberTerm)]
    categories = [term for term in model.terms if isinstance(term, CategoryTerm)]
    imputer = SimpleImputer(strategy=STRATEGIES[spec.missing_numbers], fill_value=0.0, add_indicator=spec.missing_indicator)
    prepared = ColumnTransformer([("numbers", imputer, numbers)])
    scale_only_numbers = ColumnTransformer(
        [("scale", SCALERS[spec.scaling](), list(range(len(numbers))))] if spec.scaling in SCALERS else [],
        remainder="passthrough",
    )
    of_categories = [
        (
            f"category {term.field}",
            Pipeline(
                [
                    ("fill", SimpleImputer(strategy="constant", fill_value="(missing)", missing_values=None))
                    if spec.missing_categories == "own_level"
                    else ("fill", SimpleImputer(strategy="most_frequent", missing_values=None)),
                    (
                        "encode",
                        OneHotEncoder(
                            categories=[sorted([term.reference, *term.levels], key=lambda level: (level == "(missing)", level))],
                            drop=[term.reference],
                            sparse_output=False,
                        ),
                    ),
                ]
            ),
            [term.field],
        )
        for term in categories
    ]
    numeric = Pipeline([("impute", prepared), ("scale", scale_only_numbers)])
    columns = ColumnTransformer([("numbers", numeric, numbers), *of_categories])
    settings: dict[str, object] = {
        "C": spec.C if spec.penalty == "l2" else np.inf,
        "tol": 1e-10,
        "max_iter": 10_000,
        "class_weight": "balanced" if spec.class_weight == "balanced" else None,
        "solver": "newton-cg" if len(model.labels) > 2 else "newton-cholesky",
    }
    return Pipeline([("columns", columns), ("fit", LogisticRegression(**{**settings, **options}))])


def frame_of(table) -> pd.DataFrame:
    """Numbers with NaN, categories as objects with None."""
    columns = {}
    for name in table.schema.names:
        values = table[name].to_pylist()
        numeric = all(value is None or isinstance(value, int | float) for value in values)
        columns[name] = (
            pd.Series(values, dtype=float) if numeric else pd.Series(values, dtype=object).where(lambda s: s.notna(), None)
        )
    return pd.DataFrame(columns)
