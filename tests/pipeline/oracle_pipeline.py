"""A scikit-learn pipeline that prepares and scores as a spec says, with the coefficients of a model put in."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline

from pipeline.model import FittedModel
from pipeline.spec import TrainSpec
from pipeline.terms import BinnedNumberTerm, columns_of
from tests.pipeline.oracle_columns import Evidence, Levels, Number


class Products(BaseEstimator, TransformerMixin):
    """The columns as they are, and the products of the pairs that the spec names."""

    def __init__(self, pairs, keys, numbers):
        self.pairs, self.keys, self.numbers = pairs, keys, numbers

    def fit(self, X, y=None):
        self.made_ = []
        for first, second in self.pairs:
            for one in self._of(first):
                for other in self._of(second):
                    levels = [self.keys[k][1] for k in (one, other) if self.keys[k][1] is not None]
                    self.made_.append(((f"{first} × {second}", ", ".join(levels) or None), one, other))
        self.keys_ = [*self.keys, *(key for key, _, _ in self.made_)]
        return self

    def _of(self, name):
        """The scaled number of a column, or all columns of a category."""
        return [k for k, key in enumerate(self.keys) if key[0] == name and (key[1] is None or name not in self.numbers)]

    def transform(self, X):
        return np.column_stack([X, *(X[:, one] * X[:, other] for _, one, other in self.made_)])


class Oracle:
    """Prepares with scikit-learn alone; from the model it has the edges of bins and the coefficients."""

    def __init__(self, model: FittedModel, spec: TrainSpec, training, classes) -> None:
        self.model = model
        edges = {term.field: term.edges for term in model.terms if isinstance(term, BinnedNumberTerm)}
        branches, numbers = [], []
        for name in training.columns:
            is_number = training[name].dtype == float or name in dict(spec.orders)
            binned = spec.weight_of_evidence == "all" or (spec.weight_of_evidence == "chosen" and name in spec.woe_columns)
            numbers += [name] if is_number or binned else []
            if binned and not is_number:
                branch = Evidence(spec, name, None)
            elif binned:
                branch = Evidence(spec, name, edges.get(name, ()))
            else:
                branch = Number(spec, name) if is_number else Levels(spec, name, spec.rare_share)
            branches.append((f"column {name}", branch, [name]))
        columns = ColumnTransformer(branches).fit(training, classes)
        keys = [key for _, branch, _ in columns.transformers_ for key in branch.keys_]
        products = Products(spec.interactions, keys, numbers).fit(None)
        self.keys = products.keys_
        self.prepared = Pipeline([("columns", columns), ("products", products)])
        self.classifier = self._classifier()  # the pipeline's last step: apart, so that rows are prepared once

    def _weights(self) -> np.ndarray:
        """The model's coefficients in the order of the oracle's columns; 0 for a column that the model left out."""
        given = np.array(self.model.coefficients)
        at = {(column.field, column.level): k for k, column in enumerate(columns_of(self.model.terms), start=1)}
        assert len(at) == given.shape[1] - 1
        assert set(at) <= set(self.keys), set(at) - set(self.keys)
        self.left_out = [k for k, key in enumerate(self.keys) if key not in at]
        taken = np.column_stack([given[:, at[key]] if key in at else np.zeros(len(given)) for key in self.keys])
        return np.column_stack([given[:, 0], taken])

    def _classifier(self):
        weights, n_classes = self._weights(), len(self.model.labels)
        if self.model.link == "reference" and n_classes > 2:
            weights = np.vstack([np.zeros(weights.shape[1]), weights])
        self.weights = weights
        if self.model.link != "one_vs_rest":
            return _logistic(weights, n_classes)
        several = OneVsRestClassifier(LogisticRegression())
        several.estimators_ = [_logistic(row[None, :], 2) for row in weights]
        several.classes_, several.n_features_in_ = np.arange(n_classes), weights.shape[1] - 1
        several.label_binarizer_ = _Indicator(n_classes)
        return several


class _Indicator:
    """What OneVsRestClassifier asks of its binarizer."""

    def __init__(self, n_classes):
        self.y_type_, self.classes_ = "multiclass", np.arange(n_classes)


def _logistic(weights, n_classes):
    fitted = LogisticRegression()
    fitted.classes_ = np.arange(n_classes)
    fitted.intercept_, fitted.coef_, fitted.n_features_in_ = weights[:, 0], weights[:, 1:], weights.shape[1] - 1
    return fitted
