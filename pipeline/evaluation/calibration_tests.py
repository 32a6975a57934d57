"""Tests and parts of calibration over bands of similar scores: Brier's parts, Hosmer-Lemeshow, Jeffreys."""

import numpy as np

from pipeline.evaluation.metrics import Ranking
from pipeline.evaluation.tied_bands import BANDS, TiedBands, tied_bands
from pipeline.evaluation_results import BrierParts, HosmerLemeshow
from pipeline.frame import Floats

_FEW_EXPECTED = 5  # bads or goods of a band, below which the chi-square distribution is rough (Cochran 1954)


def brier_parts(ranking: Ranking) -> BrierParts | None:
    """The Brier score and what it is made of.

    Parameters
    ----------
    ranking : Ranking
        Of probabilities of bad.

    Returns
    -------
    BrierParts or None
        Over the distinct probabilities where there are at most 10, else over tenths of the rows. None without rows.

    Notes
    -----
    With o the bad rate, and n_k, p_k, o_k rows, mean probability and bad rate of group k: reliability is the mean of
    (p_k - o_k)², resolution of (o_k - o)², over all rows; uncertainty is o (1 - o) (Murphy 1973, J. Appl. Meteor. 12).
    `within` is the variance of the probabilities within groups less twice their covariance with the outcome (Stephenson,
    Coelho and Jolliffe 2008, Weather and Forecasting 23), 0 where groups hold one probability each.
    """
    if not len(ranking.scores):
        return None
    p, n = ranking.scores, ranking.bad + ranking.good
    total = int(n.sum())
    score = float(ranking.bad @ (1 - p) ** 2 + ranking.good @ p**2) / total
    bands = _each(ranking) if len(p) <= BANDS else tied_bands(ranking)
    rate, overall = bands.bad / bands.n, ranking.n_bad / total
    inner = p - bands.mean[bands.of]
    return BrierParts(
        score=score,
        reliability=float(bands.n @ (bands.mean - rate) ** 2) / total,
        resolution=float(bands.n @ (rate - overall) ** 2) / total,
        uncertainty=overall * (1 - overall),
        within=float(n @ inner**2 - 2 * (ranking.bad @ inner)) / total,
        n_groups=len(bands.n),
    )


def _each(ranking: Ranking) -> TiedBands:
    """Each distinct score as a band of its own."""
    p, n = ranking.scores, ranking.bad + ranking.good
    return TiedBands(np.arange(len(p)), n, ranking.bad, n * p, p, p)


def hosmer_lemeshow(ranking: Ranking, *, fitted: bool) -> HosmerLemeshow | None:
    """Hosmer and Lemeshow's chi-square over tenths of the rows by probability.

    Parameters
    ----------
    ranking : Ranking
        Of probabilities of bad.
    fitted : bool
        Whether the model was fitted on these very rows: then groups - 2 degrees of freedom, else as many as groups.

    Returns
    -------
    HosmerLemeshow or None
        None without rows, with fewer than three groups, or where a group expects no bad or no good at all.

    Notes
    -----
    Sum over groups of (observed - expected)² / (n p (1 - p)) with p the group's mean probability (Hosmer, Lemeshow and
    Sturdivant 2013, Applied Logistic Regression, section 5.2.2). Rows of one probability stay together, so that there may be
    fewer than ten groups.
    """
    if not len(ranking.scores):
        return None
    bands = tied_bands(ranking)
    groups, p = len(bands.n), bands.mean
    if groups < 3 or p.min() <= 0 or p.max() >= 1:
        return None
    from scipy.special import chdtrc  # the upper tail of chi-square; only where something is judged

    statistic = float(((bands.bad - bands.expected) ** 2 / (bands.n * p * (1 - p))).sum())
    df = groups - 2 if fitted else groups
    few = np.minimum(bands.expected, bands.n - bands.expected) < _FEW_EXPECTED
    return HosmerLemeshow(statistic, df, float(chdtrc(df, statistic)), groups, int(few.sum()))


def jeffreys_p(bands: TiedBands) -> Floats:
    """For each band the chance that its true bad rate is at most its mean probability, given what came.

    Parameters
    ----------
    bands : TiedBands

    Returns
    -------
    ndarray of float, shape (n bands,)
        F(mean probability) of the Beta distribution with D + ½ and N - D + ½, D bads of N rows, under Jeffreys' prior. Small
        where more went bad than the probabilities said: the one-sided test of the European Central Bank's "Instructions for
        reporting the validation results of internal models" (2019), section 2.5.3.1.
    """
    from scipy.special import betainc

    return np.asarray(betainc(bands.bad + 0.5, bands.n - bands.bad + 0.5, np.clip(bands.mean, 0.0, 1.0)))
