"""The lime package's explainer on kept statistics instead of the training matrix, and its samples drawn faster.

Everything but the drawing is the package's own: distances, kernel, the weighted ridge regression and its R².
"""

from collections.abc import Callable
from copy import copy
from functools import lru_cache, partial
from typing import Any

import numpy as np
from lime.lime_base import LimeBase
from lime.lime_tabular import LimeTabularExplainer
from scipy.special import ndtr, ndtri

from pipeline.explain_results import LimeBackground
from pipeline.explaining.lime.columns import NUMBER
from pipeline.frame import Floats

_LEAST_SD = 1e-11  # that the package adds to the standard deviation of a bin
_NOTHING = 1e-28  # of the squares of an outcome: what rounding leaves of its variance where it does not vary
_FEW = 16  # levels that are compared one by one faster than searched
Score = Callable[[Floats], Floats]  # samples (n, columns) to probabilities (n, classes)


class Explainer(LimeTabularExplainer):  # type: ignore[misc]
    """Draws what the package draws, from the same random numbers, all columns at once.

    The package takes most of its time for the values inside of the quartiles, one column after another through
    scipy.stats.truncnorm. That inverts the distribution function at uniform numbers, and so does this.
    """

    def _LimeTabularExplainer__data_inverse(self, data_row: Floats, num_samples: int) -> tuple[Floats, Floats]:  # noqa: N802
        if self.discretizer is None:
            found: tuple[Floats, Floats] = super()._LimeTabularExplainer__data_inverse(data_row, num_samples)
            return found
        first = self.discretizer.discretize(data_row)
        uniform = self.random_state.random_sample((len(data_row), num_samples))
        data, inverse = np.empty((2, len(data_row), num_samples))
        for column, draws in enumerate(uniform):
            shares = np.cumsum(self.feature_frequencies[column])
            at = _places(shares / shares[-1], draws)
            inverse[column] = np.asarray(self.feature_values[column], np.float64)[at]
            data[column] = inverse[column] == first[column]
        for column in self.discretizer.means:
            inverse[column, 1:] = self._inside(column, inverse[column, 1:].astype(np.intp))
        data[:, 0], inverse[:, 0] = 1, data_row
        return data.T, inverse.T

    def _inside(self, column: int, bins: Any) -> Floats:
        """A value inside of each of some bins: truncated normal, by its inverse distribution function.

        As in the package a bin whose least and largest value are the same takes no draw and gives that value's distance from the
        mean in standard deviations, not the value.
        """
        statistics = self.discretizer
        means, sds, lows, highs = (
            np.asarray(values[column], np.float64)
            for values in (statistics.means, statistics.stds, statistics.mins, statistics.maxs)
        )
        low, high = (lows - means) / sds, (highs - means) / sds
        below = ndtr(low)
        between = ndtr(high) - below
        is_wide = low != high
        if is_wide.all():
            draws = self.random_state.random_sample(len(bins))
            return np.asarray(ndtri(below[bins] + draws * between[bins]) * sds[bins] + means[bins])
        found: Floats = low[bins]
        wide = is_wide[bins]
        inside = bins[wide]
        draws = self.random_state.random_sample(len(inside))
        found[wide] = ndtri(below[inside] + draws * between[inside]) * sds[inside] + means[inside]
        return found


class WeightedRidge:
    """The ridge regression with weights and an intercept that the package takes from scikit-learn, by its normal equations."""

    alpha = 1.0

    def fit(self, samples: Floats, outcome: Floats, sample_weight: Floats) -> "WeightedRidge":
        total = sample_weight.sum()
        self.n_effective = float(total**2 / (sample_weight @ sample_weight))
        means, mean = sample_weight @ samples / total, sample_weight @ outcome / total
        root = np.sqrt(sample_weight)
        centred = (samples - means) * root[:, None]
        gram = centred.T @ centred
        gram[np.diag_indices_from(gram)] += self.alpha
        self.coef_: Floats = np.linalg.solve(gram, centred.T @ ((outcome - mean) * root))
        self.intercept_ = float(mean - means @ self.coef_)
        return self

    def predict(self, samples: Floats) -> Floats:
        return np.asarray(samples @ self.coef_ + self.intercept_)

    def score(self, samples: Floats, outcome: Floats, sample_weight: Floats) -> float:
        """R² with weights; 1 where the outcome does not vary."""
        mean = sample_weight @ outcome / sample_weight.sum()
        varies = float(sample_weight @ (outcome - mean) ** 2)
        if varies <= _NOTHING * float(sample_weight @ outcome**2):
            return 1.0
        return 1 - float(sample_weight @ (outcome - self.predict(samples)) ** 2) / varies


def _places(cumulated: Floats, draws: Floats) -> Any:
    """How many of some ascending shares each draw has reached."""
    if len(cumulated) > _FEW:
        return np.searchsorted(cumulated, draws, side="right")
    return (cumulated[:, None] <= draws).sum(axis=0, dtype=np.int8)


@lru_cache(maxsize=64)
def explainer(background: LimeBackground, discretised: bool = True) -> Explainer:
    """The explainer of some training rows, without them. Not to be drawn from itself; see `seeded`."""
    columns = background.columns
    categorical = [j for j, column in enumerate(columns) if column.kind != NUMBER]
    numbers = [j for j, column in enumerate(columns) if column.kind == NUMBER]
    statistics: dict[str, dict[int, list[float]]] = {
        "means": {j: list(columns[j].means) for j in numbers},
        "stds": {j: [sd + _LEAST_SD for sd in columns[j].sds] for j in numbers},
        "mins": {j: [columns[j].low, *columns[j].quartiles] for j in numbers},
        "maxs": {j: [*columns[j].quartiles, columns[j].high] for j in numbers},
        "bins": {j: list(columns[j].quartiles) for j in numbers},
        "feature_values": {j: [k for k, n in enumerate(column.counts) if n] for j, column in enumerate(columns)},
        "feature_frequencies": {j: [n for n in column.counts if n] for j, column in enumerate(columns)},
    }
    made = Explainer(
        np.zeros((2, len(columns))),  # its shape alone counts
        feature_names=[column.field for column in columns],
        categorical_features=categorical,
        feature_selection="none",  # every column has its weight
        discretize_continuous=discretised,
        training_data_stats=statistics,
    )
    if not discretised:
        for j in numbers:
            made.scaler.mean_[j], made.scaler.scale_[j] = columns[j].mean, columns[j].scale
    return made


def default_kernel_width(background: LimeBackground) -> float:
    """The package's own: 0.75 times the root of the number of columns."""
    return float(np.sqrt(len(background.columns)) * 0.75)


def seeded(kept: Explainer, seed: int, kernel_width: float) -> Explainer:
    """A copy of an explainer that draws from a seed, with a kernel width."""
    made = copy(kept)
    made.random_state = np.random.RandomState(seed)
    made.base = LimeBase(partial(_kernel, kernel_width=kernel_width), random_state=made.random_state)
    return made


def _kernel(distances: Floats, kernel_width: float) -> Floats:
    """The package's default, which it keeps inside of a function."""
    return np.asarray(np.sqrt(np.exp(-(distances**2) / kernel_width**2)))
