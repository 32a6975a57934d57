"""A fitted model as plain values: canonical JSON in and out, and scores by numpy alone."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Self

import numpy as np
import pyarrow as pa

from pipeline.errors import UnusableData
from pipeline.frame import Floats, Frame, frame_of
from pipeline.odds import probability_of
from pipeline.terms import Design, Term, design_of, reads_levels, terms_of, width_of
from pipeline.terms.loading import as_list, finite

FORMAT = 3  # 2 lacked calibration; 1 also prior_shift, link "one_vs_rest", and what has a default in the terms
FORMATS = (1, 2, FORMAT)
LINKS = ("reference", "softmax", "one_vs_rest")


@dataclass(frozen=True)
class CalibrationMap:
    """A rising line from probabilities of bad to others: straight between its points, level outside of them."""

    given: tuple[float, ...]  # ascending, each once, from 0 to 1
    becomes: tuple[float, ...]  # ascending, inside 0 and 1, so that log-odds and log-loss stay finite

    def __call__(self, probability: Floats) -> Floats:
        return np.asarray(np.interp(probability, self.given, self.becomes))

    def check(self) -> None:
        """Raises ValueError for what is no such line."""
        fits = len(self.given) == len(self.becomes) >= 1
        fits = fits and all(a < b for a, b in pairwise(self.given)) and all(a <= b for a, b in pairwise(self.becomes))
        if not (fits and self.given[0] >= 0 and self.given[-1] <= 1 and self.becomes[0] > 0 and self.becomes[-1] < 1):
            raise ValueError

    @classmethod
    def from_json(cls, stored: Any) -> Self:
        return cls(tuple(map(finite, as_list(stored["given"]))), tuple(map(finite, as_list(stored["becomes"]))))

    def to_json(self) -> dict[str, list[float]]:
        return {"given": list(self.given), "becomes": list(self.becomes)}


@dataclass(frozen=True)
class FittedModel:
    """Log-odds that are linear in the terms' columns.

    `labels` is (good, bad), or all classes of a run with three and more. `coefficients[k]` belongs to class k: the intercept,
    then the columns of the terms in their order. With link "reference" the first class has log-odds 0 and no coefficients, so
    that `coefficients[k]` belongs to class k + 1. With "one_vs_rest" each class has a logistic model against all others, and the
    probabilities are scaled to sum to 1. `prior_shift[k]` is what weighting or resampling added to the log-odds of row k; it is
    taken off again wherever scores are `corrected`, as they are unless told otherwise. `calibration` moves the corrected
    probability of bad of a model of two classes (isotonic recalibration); `log_odds` are those before it.
    """

    target: str
    labels: tuple[str, ...]
    link: str  # reference, softmax or one_vs_rest
    terms: tuple[Term, ...]
    coefficients: tuple[tuple[float, ...], ...]
    versions: Mapping[str, str]
    format: int = FORMAT
    prior_shift: tuple[float, ...] = ()  # one for each row of coefficients; none given: 0
    calibration: CalibrationMap | None = None

    def __post_init__(self) -> None:
        if not self.prior_shift:
            object.__setattr__(self, "prior_shift", (0.0,) * len(self.coefficients))

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no blanks, and the shortest digits that give back each number."""
        return json.dumps(self._plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    def _plain(self) -> dict[str, Any]:
        plain = {
            "format": self.format,
            "kind": "logistic_regression",
            "target": self.target,
            "labels": list(self.labels),
            "link": self.link,
            "terms": [term.to_json() for term in self.terms],
            "coefficients": [list(row) for row in self.coefficients],
            "versions": dict(self.versions),
        }
        if self.format > 1:
            plain["prior_shift"] = list(self.prior_shift)
        if self.format > 2:
            plain["calibration"] = self.calibration.to_json() if self.calibration is not None else None
        return plain

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The model of its JSON.

        Raises UnusableData where the text is no such model, or of a format that this version does not know.
        """
        try:
            stored = json.loads(text)
            if not isinstance(stored, dict) or stored.get("kind") != "logistic_regression":
                raise UnusableData("The file is no model of this program.", fix="Take the model.json that training wrote.")
            if stored["format"] not in FORMATS or isinstance(stored["format"], bool):
                said = f"The model has format {_short(stored['format'])}; this version reads formats 1 to {FORMAT}."
                raise UnusableData(said, fix="Train it again.")
            mapped = stored["calibration"] if stored["format"] > 2 else None
            model = cls(
                _text(stored["target"]),
                tuple(map(_text, as_list(stored["labels"]))),
                _text(stored["link"]),
                terms_of(stored["terms"]),
                tuple(tuple(map(finite, row)) for row in stored["coefficients"]),
                {_text(name): _text(version) for name, version in stored["versions"].items()},
                int(stored["format"]),
                tuple(map(finite, stored["prior_shift"])) if stored["format"] != 1 else (),
                CalibrationMap.from_json(mapped) if mapped is not None else None,
            )
            model._check()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            raise UnusableData("The model file is damaged.", fix="Take the model.json as training wrote it.") from None
        return model

    def _check(self) -> None:
        """Raises ValueError where the parts do not belong together."""
        rows = len(self.labels) - (self.link == "reference")
        width = width_of(self.terms)
        shaped = len(self.coefficients) == len(self.prior_shift) == rows >= 1
        shaped = shaped and all(len(row) == width for row in self.coefficients)
        known = self.link in LINKS and (self.format > 1 or self.link != "one_vs_rest")
        if not (shaped and known and len(set(self.labels)) == len(self.labels)):
            raise ValueError
        if self.calibration is not None:
            if len(self.labels) != 2 or self.link != "reference":
                raise ValueError
            self.calibration.check()

    @cached_property
    def sha256(self) -> str:
        """Of the canonical JSON."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns of a table that scoring needs."""
        return tuple(dict.fromkeys(name for term in self.terms for name in term.sources))

    def frame(self, table: pa.Table) -> Frame:
        """The model's columns of a table. Raises UnusableData where one is absent or of another kind."""
        categorical = [name for term in self.terms if reads_levels(term) for name in term.sources]
        return frame_of(table, self.fields, categorical)

    def log_odds(self, table: pa.Table, corrected: bool = True) -> Floats:
        """The log-odds of each row of coefficients.

        Parameters
        ----------
        table : pyarrow.Table
            Has a column for each of `fields`; others are ignored. Levels that training never saw count as (other) where rare
            levels were grouped, else as the reference level, and such special codes as a gap (`unseen` counts them all).
        corrected : bool
            Takes off what weighting or resampling added.

        Returns
        -------
        ndarray of float, shape (n_rows, rows of coefficients)
            NaN in rows whose values, or powers and products of them, are too large to be counted with.
        """
        return self.log_odds_of(self._design(table)[0], corrected)

    def log_odds_of(self, design: Design, corrected: bool = True) -> Floats:
        """As `log_odds`, of rows whose design (of these terms) is at hand."""
        with np.errstate(over="ignore", invalid="ignore"):
            eta = design.log_odds(np.array(self.coefficients).T)
        if corrected:
            eta -= np.array(self.prior_shift)
        eta[~np.isfinite(eta).all(axis=1)] = np.nan  # an infinite one would read as a chance of 0 or 1
        return eta

    def probabilities(self, table: pa.Table, corrected: bool = True) -> Floats:
        """The probability of each class; `table` and `corrected` as in `log_odds`.

        Returns
        -------
        ndarray of float, shape (n_rows, n_classes)
            In the order of `labels`; rows sum to 1, or are NaN as in `log_odds`. The calibration belongs to the corrected
            ones alone: it was learnt on them.
        """
        return self.probabilities_of(self.log_odds(table, corrected), corrected)

    def probabilities_of(self, log_odds: Floats, corrected: bool = True) -> Floats:
        """As `probabilities`, of log-odds that are corrected or not, as is said."""
        found = probabilities(log_odds, self.link)
        if self.calibration is None or not corrected:
            return found
        bad = self.calibration(found[:, 1])
        return np.column_stack([1 - bad, bad])

    def probability_of_default(self, table: pa.Table, corrected: bool = True) -> Floats:
        """The probability of bad, shape (n_rows,). Raises UnusableData for a model of three classes and more."""
        if len(self.labels) != 2:
            raise UnusableData("A model of three classes and more has no probability of default.", fix="Ask for all classes.")
        return np.ascontiguousarray(self.probabilities(table, corrected)[:, 1])

    def unseen(self, table: pa.Table) -> dict[str, int]:
        """How many rows of each column hold a value that training never saw; columns with none are not named."""
        return self._design(table)[1]

    def _design(self, table: pa.Table) -> tuple[Design, dict[str, int]]:
        with np.errstate(over="ignore", invalid="ignore"):
            return design_of(self.frame(table), self.terms)


def probabilities(eta: Floats, link: str) -> Floats:
    """Probabilities (n, n_classes) of log-odds: (n, n_classes - 1) for link "reference", (n, n_classes) for the others.

    For "one_vs_rest" each is a logistic function of its own log-odds, divided by their sum (as scikit-learn does).
    """
    if link == "reference" and eta.shape[1] == 1:
        return np.column_stack([probability_of(-eta[:, 0]), probability_of(eta[:, 0])])
    if link == "one_vs_rest":
        # log p = -ln(1 + exp(-eta)), shifted by the largest of the row: a row of tiny ones still sums to 1
        log_p = -np.logaddexp(0.0, -eta)
        powers = np.exp(log_p - log_p.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))
    logits = np.column_stack([np.zeros(len(eta)), eta]) if link == "reference" else eta
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 20 else text[:17] + "..."
