"""What scikit-learn makes of one column of a table, by a spec: imputers, scalers and encoders, none of ours.

Each transformer names its columns by `keys_`: (field, level), as the model's columns are known.
"""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)

SCALERS = {"standard": StandardScaler, "robust": RobustScaler, "min_max": MinMaxScaler, "none": FunctionTransformer}
IMPUTED = {"median": "median", "mean": "mean", "own_level": "mean", "most_frequent": "most_frequent"}


class Winsorised(BaseEstimator, TransformerMixin):
    def __init__(self, share):
        self.share = share

    def fit(self, X, y=None):
        self.ends_ = np.nanquantile(X, [self.share, 1 - self.share]) if self.share else (-np.inf, np.inf)
        return self

    def transform(self, X):
        return np.clip(X, *self.ends_)


def _logarithm(X):
    return np.log1p(np.where(X > -1, X, np.nan))


class Number(BaseEstimator, TransformerMixin):
    """A number, or a category with an order; with its powers, its flag for missing and its special codes."""

    def __init__(self, spec, name):
        self.spec, self.name = spec, name

    def fit(self, X, y=None):
        spec, name = self.spec, self.name
        self.order_ = dict(spec.orders).get(name)
        self.codes_ = [code for code, _ in spec.codes_of(name)]
        values, kinds = self._read(X)
        met = [code for code in self.codes_ if (kinds == code).any()]
        self.levels_ = [code for code, meaning in spec.codes_of(name) if meaning == "level" and code in met]
        log = name in spec.log_columns
        constant = spec.missing_constant if spec.missing_numbers == "constant" else 0.0
        strategy = IMPUTED.get(spec.missing_numbers, "constant")
        degree = spec.degree if not spec.degree_columns or name in spec.degree_columns else 1
        self.pipe_ = make_pipeline(
            FunctionTransformer(_logarithm if log else None),
            Winsorised(0 if self.order_ else spec.winsorise),
            SimpleImputer(strategy=strategy, fill_value=np.log1p(constant) if log else constant),
            SCALERS[spec.scaling](),
            PolynomialFeatures(degree, include_bias=False),
        )
        self.pipe_.fit(values)
        self.flag_ = (spec.missing_indicator or spec.missing_numbers == "own_level") and self._missing(values, kinds).any()
        powers = [(name + " ²³⁴"[d], None) if d else (name, None) for d in range(degree)]
        flag = [(name, "(missing)")] if self.flag_ else []
        self.keys_ = [*powers, *flag, *((name, code) for code in self.levels_)]
        return self

    def transform(self, X):
        values, kinds = self._read(X)
        columns = [self.pipe_.transform(values)]
        if self.flag_:
            columns.append(self._missing(values, kinds)[:, None] * 1.0)
        columns += [(kinds == code)[:, None] * 1.0 for code in self.levels_]
        return np.hstack(columns)

    def _read(self, X):
        """Values with NaN for codes, (n, 1), and the code of each row."""
        raw = X.iloc[:, 0]
        if self.order_:
            kinds = np.array([value if value in self.codes_ else "" for value in raw], object)
            encoder = OrdinalEncoder(categories=[list(self.order_)], handle_unknown="use_encoded_value", unknown_value=np.nan)
            encoder.fit(pd.DataFrame({"x": list(self.order_)}))
            found = encoder.transform(pd.DataFrame({"x": raw.where(raw.notna(), "?").to_numpy(object)}))
        else:
            of_number = {float(code): code for code in self.codes_}
            kinds = np.array([of_number.get(value, "") for value in raw], object)
            found = raw.to_numpy(float)[:, None].copy()
        found[kinds != ""] = np.nan
        return found, kinds

    def _missing(self, values, kinds):
        with np.errstate(invalid="ignore"):
            gap = np.isnan(values[:, 0]) | ((values[:, 0] <= -1) & (self.name in self.spec.log_columns))
        return gap & ~np.isin(kinds.astype(str), self.levels_)


def filled(X, spec, name, imputer):
    """A category with codes that mean missing blanked and gaps filled by an imputer, as a series of objects."""
    gaps = [code for code, meaning in spec.codes_of(name) if meaning == "missing"]
    blank = X.iloc[:, 0].astype(object)
    blank = blank.where(blank.notna() & ~blank.isin(gaps), None)
    return pd.Series(imputer(pd.DataFrame({"x": blank}))[:, 0], dtype=object)


def category_imputer(spec):
    if spec.missing_categories == "most_frequent":
        return SimpleImputer(strategy="most_frequent", missing_values=None)
    level = "(missing)" if spec.missing_categories == "own_level" else spec.missing_level
    return SimpleImputer(strategy="constant", fill_value=level, missing_values=None)


def numeric_order(level):
    try:
        return (0, float(level), level)
    except ValueError:
        return (1, 0.0, level)


class Levels(BaseEstimator, TransformerMixin):
    """A category: filled, rare levels grouped, one column for each level. Missing of its own and codes are not grouped."""

    def __init__(self, spec, name, rare_share):
        self.spec, self.name, self.rare_share = spec, name, rare_share

    def fit(self, X, y=None):
        spec = self.spec
        self.imputer_ = category_imputer(spec)
        values = filled(X, spec, self.name, self.imputer_.fit_transform)
        counts = values.value_counts()
        own = ["(missing)"] if spec.missing_categories == "own_level" and "(missing)" in counts else []
        codes = [code for code, meaning in spec.codes_of(self.name) if meaning == "level" and code in counts]
        least = int(np.ceil(round(self.rare_share * len(values), 9)))
        self.apart_ = [level for level in (*codes, *own) if counts[level] < least]
        usual = counts.drop(self.apart_)
        frequent = sorted((level for level in usual.index if usual[level] >= least and level not in own), key=numeric_order)
        rare = sorted(level for level in usual.index if usual[level] < least)
        self.encoder_ = None
        if len(usual):
            self.encoder_ = OneHotEncoder(
                min_frequency=max(least, 1), handle_unknown="infrequent_if_exist", sparse_output=False, dtype=float
            )
            self.encoder_.fit(values[~values.isin(self.apart_)].to_numpy(object)[:, None])
        given = [str(column).removeprefix("x0_") for column in self.encoder_.get_feature_names_out()] if len(usual) else []
        self.names_ = ["(other)" if level == "infrequent_sklearn" else level for level in given] + self.apart_
        self.reference_ = self._reference(counts, frequent, rare, own, codes)
        self.keys_ = [(self.name, level) for level in self.names_ if level != self.reference_]
        return self

    def _reference(self, counts, frequent, rare, own, codes):
        if self.spec.one_hot == "full":
            return None
        levels = sorted({*frequent, *codes}, key=numeric_order)
        chosen = dict(self.spec.reference_levels).get(self.name)
        if chosen in rare:
            return "(other)"
        if chosen in levels or chosen in own:
            return chosen
        if self.spec.reference_level == "first":
            return next(iter([*levels, *(["(other)"] if rare else []), *own]))
        sizes = {level: counts[level] for level in levels} | ({"(other)": counts[rare].sum()} if rare else {})
        return max(sizes, key=lambda level: sizes[level]) if sizes else own[0]

    def all_levels(self, X):
        values = filled(X, self.spec, self.name, self.imputer_.transform)
        apart = np.column_stack([np.empty((len(values), 0)), *[(values == level).to_numpy() * 1.0 for level in self.apart_]])
        if self.encoder_ is None:
            return apart
        main = self.encoder_.transform(values.to_numpy(object)[:, None])
        main[values.isin(self.apart_)] = 0.0
        return np.hstack([main, apart])

    def transform(self, X):
        return self.all_levels(X)[:, [k for k, level in enumerate(self.names_) if level != self.reference_]]


def evidence(group, bad):
    """ln(share of goods / share of bads) of the rows of a group; 0.5 is added to both where one is none; 0 without rows."""
    if not group.any():
        return 0.0
    good_in, bad_in = (group & ~bad).sum(), (group & bad).sum()
    more = 0.5 if 0 in (good_in, bad_in) else 0.0
    return float(np.log(((good_in + more) / (~bad).sum()) / ((bad_in + more) / bad.sum())))


class Evidence(BaseEstimator, TransformerMixin):
    """Weight of evidence of a column; the edges of a number's bins are given."""

    def __init__(self, spec, name, edges):
        self.spec, self.name, self.edges = spec, name, edges
        self.keys_ = [(name, None)]

    def fit(self, X, y):
        if self.edges is None:
            self.levels_ = Levels(self.spec, self.name, max(self.spec.rare_share, self.spec.woe_share)).fit(X)
            member = self.levels_.all_levels(X) == 1
            self.woe_ = np.array([evidence(member[:, k], y == 1) for k in range(member.shape[1])])
            return self
        self.number_ = Number(self.spec, self.name).fit(X)
        groups = self._groups(X)
        self.woe_ = {group: evidence((groups == group).to_numpy(), y == 1) for group in groups.unique()}
        return self

    def transform(self, X):
        if self.edges is None:
            return (self.levels_.all_levels(X) @ self.woe_)[:, None]
        return self._groups(X).map(self.woe_).fillna(0.0).to_numpy(float)[:, None]

    def _groups(self, X):
        values, kinds = self.number_._read(X)
        bins = pd.cut(values[:, 0], [-np.inf, *self.edges, np.inf], right=False, labels=False)
        known = [kind if kind in self.number_.levels_ else "" for kind in kinds]
        return pd.Series([kind or ("missing" if np.isnan(k) else f"bin {k:g}") for kind, k in zip(known, bins, strict=True)])
