"""A fitted model as plain values: canonical JSON in and out, and scores by numpy alone."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import pyarrow as pa

from pipeline.errors import UnusableData
from pipeline.frame import Floats, Frame, frame_of
from pipeline.terms import CategoryTerm, Term, design_of, term_of, width_of

FORMAT = 1


@dataclass(frozen=True)
class FittedModel:
    """Log-odds that are linear in the terms' columns.

    `labels` is (good, bad), or all classes of a run with three and more. `coefficients[k]` belongs to class k: the intercept,
    then the columns of the terms in their order. With link "reference" the first class has log-odds 0 and no coefficients, so
    that `coefficients[k]` belongs to class k + 1.
    """

    target: str
    labels: tuple[str, ...]
    link: str  # reference or softmax
    terms: tuple[Term, ...]
    coefficients: tuple[tuple[float, ...], ...]
    versions: Mapping[str, str]
    format: int = FORMAT

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no blanks, and the shortest digits that give back each number."""
        return json.dumps(self._plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    def _plain(self) -> dict[str, Any]:
        return {
            "format": self.format,
            "kind": "logistic_regression",
            "target": self.target,
            "labels": list(self.labels),
            "link": self.link,
            "terms": [term.to_json() for term in self.terms],
            "coefficients": [list(row) for row in self.coefficients],
            "versions": dict(self.versions),
        }

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The model of its JSON.

        Raises UnusableData where the text is no such model, or of a format that this version does not know.
        """
        try:
            stored = json.loads(text)
            if not isinstance(stored, dict) or stored.get("kind") != "logistic_regression":
                raise UnusableData("The file is no model of this program.", fix="Take the model.json that training wrote.")
            if stored["format"] != FORMAT:
                said = f"The model has format {stored['format']}; this version reads format {FORMAT}."
                raise UnusableData(said, fix="Train it again.")
            model = cls(
                str(stored["target"]),
                tuple(map(str, stored["labels"])),
                str(stored["link"]),
                tuple(term_of(term) for term in stored["terms"]),
                tuple(tuple(map(float, row)) for row in stored["coefficients"]),
                {str(name): str(version) for name, version in stored["versions"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise UnusableData("The model file is damaged.", fix="Take the model.json as training wrote it.") from None
        model._check()
        return model

    def _check(self) -> None:
        rows = len(self.labels) - (self.link == "reference")
        width = width_of(self.terms)
        shaped = len(self.coefficients) == rows >= 1 and all(len(row) == width for row in self.coefficients)
        if self.link not in {"reference", "softmax"} or not shaped or not np.isfinite(np.array(self.coefficients)).all():
            raise UnusableData("The model file is damaged.", fix="Take the model.json as training wrote it.")

    @cached_property
    def sha256(self) -> str:
        """Of the canonical JSON."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that scoring needs."""
        return tuple(term.field for term in self.terms)

    def frame(self, table: pa.Table) -> Frame:
        """The model's columns of a table. Raises UnusableData where one is absent or of another kind."""
        categorical = [term.field for term in self.terms if isinstance(term, CategoryTerm)]
        return frame_of(table, self.fields, categorical)

    def probabilities(self, table: pa.Table) -> Floats:
        """The probability of each class.

        Parameters
        ----------
        table : pyarrow.Table
            Has a column for each of `fields`; others are ignored. Levels that training never saw count as the reference level
            and such special codes as a gap (`unseen` counts both).

        Returns
        -------
        ndarray of float, shape (n_rows, n_classes)
            In the order of `labels`; rows sum to 1.
        """
        design, _ = design_of(self.frame(table), self.terms)
        return probabilities(design.linear(np.array(self.coefficients).T), self.link)

    def probability_of_default(self, table: pa.Table) -> Floats:
        """The probability of bad, shape (n_rows,). Raises UnusableData for a model of three classes and more."""
        if len(self.labels) != 2:
            raise UnusableData("A model of three classes and more has no probability of default.", fix="Ask for all classes.")
        return np.ascontiguousarray(self.probabilities(table)[:, 1])

    def unseen(self, table: pa.Table) -> dict[str, int]:
        """How many rows of each column hold a level, a code or a gap that training never saw; columns with none are not named."""
        return design_of(self.frame(table), self.terms)[1]


def probabilities(eta: Floats, link: str) -> Floats:
    """Probabilities (n, n_classes) of log-odds: (n, n_classes - 1) for link "reference", (n, n_classes) for "softmax"."""
    if link == "reference" and eta.shape[1] == 1:
        ease = np.exp(-np.abs(eta[:, 0]))
        bad = np.where(eta[:, 0] >= 0, 1 / (1 + ease), ease / (1 + ease))
        good = np.where(eta[:, 0] >= 0, ease / (1 + ease), 1 / (1 + ease))
        return np.column_stack([good, bad])
    logits = np.column_stack([np.zeros(len(eta)), eta]) if link == "reference" else eta
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
