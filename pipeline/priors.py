"""Probabilities after the classes' shares were changed for the fit, by class weights or by resampling.

A fit that sees class k r_k times as often as it comes estimates, at each x, the posterior q_k(x) under the changed shares.
Where the distribution of x within a class is unchanged, Bayes' rule gives the posterior under the real ones:

    p_k(x) = [q_k(x) / r_k] / sum_j [q_j(x) / r_j]

(Elkan 2001, "The foundations of cost-sensitive learning", theorem 2; Saerens, Latinne and Decaestecker 2002, Neural Computation
14, equation 2.4). For two classes it is logit p = logit q - ln(r_1 / r_0): the intercept alone moves (King and Zeng 2001,
"Logistic regression in rare events data", Political Analysis 9, the prior correction of section 4.1). For the multinomial
logit, ln r_k is subtracted from the log-odds of class k. One-vs-rest models are corrected one by one, each as a model of two
classes, before they are scaled to sum to 1: exact where the mixture of the rest is the same at every x, else an approximation
(with balanced weights and classes of 79%, 17% and 4% it lost 0.0004 of log-loss to Bayes' rule on the class probabilities).

What it rests on: over- and under-sampling and weights leave the distribution within a class as it is; SMOTE's new rows nearly
do. A model that is wrong in form, or pulled by a penalty, is corrected in the whole and not at every x: calibration shows what
is left.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats
from pipeline.spec import TrainSpec

Rows = NDArray[np.intp]

_ROUNDING = 1e-9


def changes_prior(spec: TrainSpec) -> bool:
    """Whether the options change the classes' shares for the fit."""
    return spec.class_weight != "none" or spec.resampling != "none"


def prior_shift(fitted: Floats, came: Rows, link: str) -> tuple[float, ...]:
    """What changed shares of the classes add to the log-odds, one number for each row of coefficients.

    Parameters
    ----------
    fitted : ndarray of float, shape (n_classes,)
        The sum of the row weights of each class in the fit, after resampling; all above 0.
    came : ndarray of int, shape (n_classes,)
        Training rows of each class; all above 0.
    link : str
        With "reference" ln(r_k / r_0) for the classes after the first; with "softmax" ln r_k for every class, less their mean;
        with "one_vs_rest" the change of each class's log-odds against all others.

    Returns
    -------
    tuple of float
        To be subtracted; empty where the shares are as they came, but for rounding.
    """
    if link == "one_vs_rest":
        shifts = np.log(fitted / (fitted.sum() - fitted)) - np.log(came / (came.sum() - came))
    else:
        logs = np.log(fitted) - np.log(came)
        shifts = logs[1:] - logs[0] if link == "reference" else logs - logs.mean()
    return tuple(map(float, shifts)) if np.abs(shifts).max() > _ROUNDING else ()


def corrected(probability: Floats, fitted: Floats, came: Rows) -> Floats:
    """Bayes' rule itself: the posterior under the real shares of one under changed shares, both (n, n_classes)."""
    moved = probability * came / fitted
    return np.asarray(moved / moved.sum(axis=1, keepdims=True))
