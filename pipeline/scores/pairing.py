"""Challengers against a champion on rows that both held out: paired tests, and who is approved by one and not by the other."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from pipeline.evaluation.cutoff_metrics import CUTOFF_METRICS
from pipeline.evaluation.metrics import losses
from pipeline.evaluation.paired import LEAST_ROWS, Counts, auc_difference, count_difference, mean_difference
from pipeline.frame import Floats
from pipeline.pairing_results import MetricDifference, Pair, Pairing, SwapCell
from pipeline.scores.row_scores import RowScores


@dataclass(frozen=True)
class Member:
    """A run to be compared: what it predicts, where it refuses, and what it said of each row of the data set."""

    run_id: str
    target: str
    bad_label: str
    cutoff: float
    scores: RowScores
    gives_probabilities: bool = True  # a score from elsewhere may be none


def pairing(members: Iterable[Member]) -> Pairing:
    """Runs of one data set against the first of them, the champion.

    Parameters
    ----------
    members : iterable of Member
        At least one; the scores of all are of the same rows. Two of them are held at a time.

    Returns
    -------
    Pairing
        A pair for each member but the first. A pair with nothing to compare has a `note` that says why, and no number.
    """
    coming = iter(members)
    champion = next(coming)
    names, cutoffs, pairs = [champion.run_id], [champion.cutoff], []
    for challenger in coming:
        names.append(challenger.run_id)
        cutoffs.append(challenger.cutoff)
        pairs.append(pair(champion, challenger))
    return Pairing(tuple(names), tuple(cutoffs), tuple(pairs))


def pair(champion: Member, challenger: Member) -> Pair:
    """The two on the rows that both held out.

    Parameters
    ----------
    champion, challenger : Member

    Returns
    -------
    Pair
        The AUC's difference with DeLong's paired interval and p; those of the decisions at the two cut-offs by the delta method
        (`pipeline.evaluation.paired.count_difference`), those of Brier score and log-loss as the mean of paired differences, only
        where both runs give probabilities; McNemar's exact test of the rows that one decides rightly and the other wrongly; and
        rows by what the two decide.
    """
    why = _why_not(champion, challenger)
    ours, theirs = (member.scores.rows("held_out") for member in (champion, challenger))
    shared = np.intersect1d(ours, theirs, assume_unique=True)
    empty = Pair(challenger.run_id, n_champion=len(ours), n_challenger=len(theirs))
    if why or not len(shared):
        return replace(empty, note=why or _nothing_shared(len(ours), len(theirs)))
    bad = champion.scores.is_bad[shared] == 1
    first, second = (member.scores.score[shared] for member in (champion, challenger))
    counts = _counts(bad, first >= champion.cutoff, second >= challenger.cutoff)
    differences: list[MetricDifference] = []
    auc_p = None
    auc = auc_difference(bad, second, first)
    if auc is not None and LEAST_ROWS <= bad.sum() <= len(bad) - LEAST_ROWS:
        auc_p = auc.p_value
        differences.append(MetricDifference("auc", auc.second, auc.first, auc.difference, auc.low, auc.high))
    if champion.gives_probabilities and challenger.gives_probabilities:
        differences += _of_probabilities(bad, first, second)
    differences += [found for metric in CUTOFF_METRICS if (found := count_difference(counts, metric)) is not None]
    only_first, only_second = int(counts[1, 1, 0] + counts[0, 0, 1]), int(counts[1, 0, 1] + counts[0, 1, 0])
    return replace(
        empty,
        n_rows=len(shared),
        n_bad=int(bad.sum()),
        differences=tuple(differences),
        auc_p=auc_p,
        only_champion_right=only_first,
        only_challenger_right=only_second,
        mcnemar_p=mcnemar_exact(only_first, only_second),
        swap=tuple(
            SwapCell(not a, not b, n_good=int(counts[0, a, b]), n_bad=int(counts[1, a, b])) for a in (0, 1) for b in (0, 1)
        ),
    )


def mcnemar_exact(only_first: int, only_second: int) -> float | None:
    """The two-sided p of McNemar's test: of the rows that one of two decides rightly, each is as likely the one's as the other's.

    Parameters
    ----------
    only_first, only_second : int
        Rows that only the one, and only the other decides rightly.

    Returns
    -------
    float, or None
        The exact binomial p (Fagerland, Lydersen and Laake 2013, BMC Medical Research Methodology 13:91); None where there is
        no such row.
    """
    few, n = min(only_first, only_second), only_first + only_second
    if not n:
        return None
    return min(1.0, 2 * float(betainc(n - few, few + 1, 0.5)))


def _why_not(champion: Member, challenger: Member) -> str:
    if champion.target != challenger.target:
        return f"It predicts '{challenger.target}' and the champion '{champion.target}', so no row has one outcome for both."
    if champion.bad_label != challenger.bad_label:
        return (
            f"It counts '{challenger.bad_label}' as bad and the champion '{champion.bad_label}', so what is right for one is "
            "wrong for the other."
        )
    if len(champion.scores.part) != len(challenger.scores.part):
        return "The two are of different rows."
    return ""


def _nothing_shared(n_champion: int, n_challenger: int) -> str:
    if not n_champion or not n_challenger:
        who = "Neither" if not n_champion and not n_challenger else "The champion" if not n_champion else "It"
        verb = "held" if who == "Neither" else "has held"
        return f"{who} {verb} {'any row' if who == 'Neither' else 'no row'} out, so there is no row that both never saw."
    return "The two held out different rows, so there is no row that both never saw. Train one with the seed of the other."


def _counts(bad: NDArray[np.bool_], first: NDArray[np.bool_], second: NDArray[np.bool_]) -> Counts:
    """Rows by [bad, refused by the first, refused by the second]."""
    return np.bincount(bad * 4 + first * 2 + second, minlength=8).reshape(2, 2, 2)


def _of_probabilities(bad: NDArray[np.bool_], first: Floats, second: Floats) -> list[MetricDifference]:
    squares = [(score - bad) ** 2 for score in (first, second)]
    log_losses = [losses(np.where(bad, score, 1 - score)) for score in (first, second)]
    found = (mean_difference("brier_score", *squares), mean_difference("log_loss", *log_losses))
    return [one for one in found if one is not None]
