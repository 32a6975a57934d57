"""Problems for the tests of fitting, and the same in scikit-learn."""

import warnings

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from pipeline.fitting import Problem
from pipeline.terms import Design


def design(n: int, n_dense: int = 3, levels: tuple[int, ...] = (3, 4), seed: int = 0) -> Design:
    """Dense columns on scales of their own, with other columns between them, and categories whose level 0 has no column."""
    draw = np.random.default_rng(seed)
    dense = draw.normal(size=(n, n_dense)) * np.exp(draw.normal(size=n_dense)) + draw.normal(size=n_dense)
    dense_at, codes, at = [], [], 1
    for k in range(max(n_dense, len(levels))):
        if k < n_dense:
            dense_at.append(at)
            at += 1
        if k < len(levels):
            code = draw.integers(0, levels[k], n)
            codes.append(np.where(code == 0, -1, at + code - 1))
            at += levels[k] - 1
    positions = np.stack(codes, axis=1).astype(np.int32) if codes else np.empty((n, 0), np.int32)
    return Design(dense, np.array(dense_at, np.intp), positions, at, np.ones(at), np.zeros(at)).conditioned()


def outcome(rows: Design, n_classes: int, seed: int = 0, size: float = 1.0) -> np.ndarray:
    """A class for each row that depends on its columns; every class occurs."""
    draw = np.random.default_rng(seed + 1)
    eta = rows.block(0, rows.n_rows) @ draw.normal(size=(rows.width, n_classes)) * size
    classes = (eta + draw.gumbel(size=eta.shape)).argmax(axis=1)
    classes[:n_classes] = np.arange(n_classes)
    return classes


def problem(rows: Design, classes: np.ndarray, penalty: str = "l2", C: float = 1.0, l1_ratio: float = 0.5, **more) -> Problem:
    """The penalty is on the model's columns, as `pipeline.engine.penalties` has it."""
    share = {"none": 0.0, "l2": 0.0, "l1": 1.0, "elasticnet": l1_ratio}[penalty]
    each = np.full(rows.width, 0.0 if penalty == "none" else 1 / C)
    each[0] = 0.0
    n_classes = more.pop("n_classes", int(classes.max()) + 1)
    link = more.pop("link", "reference" if n_classes == 2 or penalty == "none" else "softmax")
    weights = more.pop("row_weights", None)
    return Problem(rows, classes, n_classes, weights, each * share / rows.unit, each * (1 - share) / rows.unit**2, link)


def of_sklearn(
    asked: Problem, C: float, l1_ratio: float, solver: str, tolerance: float = 1e-12, most: int = 100_000
) -> np.ndarray:
    """The log-odds (n_rows, classes with weights) of scikit-learn's fit on the model's columns."""
    rows = asked.design
    matrix = rows.block(0, rows.n_rows)[:, 1:] * rows.unit[1:] + rows.shift[1:]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is the weights that are judged
        fitted = LogisticRegression(C=C, l1_ratio=l1_ratio, solver=solver, tol=tolerance, max_iter=most).fit(
            matrix, asked.classes, sample_weight=asked.row_weights
        )
    return matrix @ fitted.coef_.T + fitted.intercept_


def violation(asked: Problem, weights: np.ndarray) -> float:
    """The largest violation of the optimum's conditions, by the definitions and with every column written out."""
    X, n = asked.design.block(0, asked.design.n_rows), asked.design.n_rows
    w = np.ones(n) if asked.row_weights is None else asked.row_weights
    eta = X @ weights
    wanted = np.eye(asked.n_classes)[asked.classes]
    if asked.link == "one_vs_rest":
        p = expit(eta)
    else:
        logits = np.column_stack([np.zeros(n), eta]) if asked.reference else eta
        p = np.exp(logits - np.logaddexp.reduce(logits, axis=1)[:, None])
        p, wanted = (p[:, 1:], wanted[:, 1:]) if asked.reference else (p, wanted)
    gradient = (X.T @ ((p - wanted) * w[:, None]) + asked.l2[:, None] * weights) / n
    pull = np.broadcast_to(asked.l1[:, None] / n, gradient.shape)
    at_zero = np.maximum(np.abs(gradient) - pull, 0)
    return float(np.where(weights == 0, at_zero, np.abs(gradient + pull * np.sign(weights))).max())


def objective(asked: Problem, eta: np.ndarray, weights: np.ndarray) -> float:
    """The objective per row by its definition, for links of two classes or softmax."""
    w = np.ones(len(eta)) if asked.row_weights is None else asked.row_weights
    logits = np.column_stack([np.zeros(len(eta)), eta]) if asked.reference else eta
    own = logits[np.arange(len(eta)), asked.classes] - np.logaddexp.reduce(logits, axis=1)
    penalty = asked.l1 @ np.abs(weights).sum(axis=1) + asked.l2 @ (weights**2).sum(axis=1) / 2
    return float((penalty - w @ own) / len(eta))


def silent(_step: int, _norm: float) -> None:
    """A report that nobody reads."""
