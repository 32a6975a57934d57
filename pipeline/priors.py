"""Probabilities after the classes' shares were changed for the fit, by class weights or by resampling.

A fit that sees class k r_k times as often as it comes estimates, at each x, the posterior q_k(x) under the changed shares.
Where the distribution of x within a class is unchanged, Bayes' rule gives the posterior under the real ones:

    p_k(x) = [q_k(x) / r_k] / sum_j [q_j(x) / r_j]

(Elkan 2001, "The foundations of cost-sensitive learning", theorem 2; Saerens, Latinne and Decaestecker 2002, Neural Computation
14, equation 2.4). For two classes it is logit p = logit q - ln(r_1 / r_0): the intercept alone moves (King and Zeng 2001,
"Logistic regression in rare events data", Political Analysis 9, the prior correction of section 4.1). For the multinomial
logit, ln r_k is subtracted from the log-odds of class k. One-vs-rest models estimate each q_k on its own, so that ln r_k is
subtracted from the log of each before they are scaled to sum to 1.

What it rests on: over- and under-sampling and weights leave the distribution within a class as it is; SMOTE's new rows nearly
do. A model that is wrong in form, or pulled by a penalty, is corrected in the whole and not at every x: calibration shows what
is left.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats
from pipeline.spec import TrainSpec

Rows = NDArray[np.intp]


def changes_prior(spec: TrainSpec) -> bool:
    """Whether the options change the classes' shares for the fit."""
    return spec.class_weight != "none" or spec.resampling != "none"


def prior_ratio(fitted: Floats, came: Rows) -> Floats:
    """r: how often a fit saw each class, (n_classes,), over how often it came; scaled so that their geometric mean is 1.

    Parameters
    ----------
    fitted : ndarray of float, shape (n_classes,)
        The sum of the row weights of each class, after resampling.
    came : ndarray of int, shape (n_classes,)
        Training rows of each class, all above 0.
    """
    logs = np.log(fitted) - np.log(came)
    return np.asarray(np.exp(logs - logs.mean()))


def prior_shift(ratio: Floats, link: str) -> tuple[float, ...]:
    """What is subtracted, one number for each row of coefficients.

    With link "reference" ln(r_k / r_0) for the classes after the first, from their log-odds; with "softmax" ln r_k from the
    log-odds of every class, with "one_vs_rest" ln r_k from the log of each class's own probability, before scaling.
    """
    logs = np.log(ratio)
    return tuple(map(float, logs[1:] - logs[0] if link == "reference" else logs))


def corrected(probability: Floats, ratio: Floats) -> Floats:
    """The posterior under the real shares of one under changed shares, both (n, n_classes)."""
    moved = probability / ratio
    return np.asarray(moved / moved.sum(axis=1, keepdims=True))
