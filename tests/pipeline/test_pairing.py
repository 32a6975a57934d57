"""Pairs of runs against statsmodels, scikit-learn and scipy, a published test of McNemar, and the bootstrap of the same rows."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm
from sklearn.metrics import brier_score_loss, f1_score, log_loss, precision_score, recall_score, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.weightstats import DescrStatsW

from pipeline.evaluation.paired import bootstrap_differences
from pipeline.pairing_results import Pairing
from pipeline.scores.pairing import Member, mcnemar_exact, pair, pairing
from pipeline.scores.row_scores import PARTS, RowScores


def member(name: str, score: np.ndarray, bad: np.ndarray, part: np.ndarray | None = None, **more: object) -> Member:
    part = np.full(len(bad), PARTS.index("held_out"), np.int8) if part is None else part
    return Member(name, "paid", "no", cutoff=0.5, scores=RowScores(part, bad.astype(np.int8), score), **more)  # type: ignore[arg-type]


def two(n: int = 800, seed: int = 2) -> tuple[Member, Member]:
    """A champion and a better challenger that share most of what they know."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=n)
    bad = rng.random(n) < 1 / (1 + np.exp(1 - truth))
    scores = [1 / (1 + np.exp(0.6 - truth - rng.normal(0, noise, n))) for noise in (1.5, 1.1)]
    return member("champion", scores[0], bad), member("challenger", scores[1], bad)


def test_mcnemar_as_published() -> None:
    """Airway responsiveness before and after a transplantation (Bentur et al. 2009), as tested by Fagerland, Lydersen and Laake
    (2013), BMC Medical Research Methodology 13:91, table 1: 7 and 1 discordant pairs, exact conditional p 0.070."""
    assert mcnemar_exact(7, 1) == pytest.approx(0.0703, abs=5e-5)
    assert mcnemar_exact(0, 0) is None


@pytest.mark.parametrize(("few", "many"), [(3, 9), (5, 5), (0, 4), (120, 180), (86, 150), (40_000, 40_600)])
def test_mcnemar_as_statsmodels_and_scipy(few: int, many: int) -> None:
    oracle = mcnemar([[0, few], [many, 0]], exact=True).pvalue
    assert mcnemar_exact(few, many) == pytest.approx(oracle, rel=1e-6)
    assert mcnemar_exact(many, few) == pytest.approx(binomtest(few, few + many).pvalue, rel=1e-6)


def test_metrics_of_both_are_those_of_scikit_learn_on_the_shared_rows() -> None:
    champion, challenger = two()
    found = pair(champion, challenger)
    bad = champion.scores.is_bad == 1
    for name, one in (("champion", champion), ("challenger", challenger)):
        score, refused = one.scores.score, one.scores.score >= 0.5
        oracle = {
            "auc": roc_auc_score(bad, score),
            "brier_score": brier_score_loss(bad, score),
            "log_loss": log_loss(bad, score),
            "recall": recall_score(bad, refused),
            "precision": precision_score(bad, refused),
            "f1": f1_score(bad, refused),
            "accuracy": float((bad == refused).mean()),
            "approval_rate": float((~refused).mean()),
            "bad_rate_approved": float(bad[~refused].mean()),
        }
        for metric, value in oracle.items():
            difference = found.difference(metric)
            assert difference is not None, metric
            assert getattr(difference, name) == pytest.approx(value, abs=1e-12), (metric, name)
    for one_difference in found.differences:
        assert one_difference.difference == pytest.approx(one_difference.challenger - one_difference.champion, abs=1e-12)
        assert one_difference.low <= one_difference.difference <= one_difference.high


def test_intervals_are_about_those_of_the_paired_bootstrap() -> None:
    """By another way: rows drawn with replacement within each class; a share of goods and bads together varies a little more."""
    champion, challenger = two(3_000, 5)
    found = pair(champion, challenger)
    bad = champion.scores.is_bad == 1
    drawn = bootstrap_differences(bad, challenger.scores.score, champion.scores.score, 0.5, 2_000, 3)
    for metric in ("accuracy", "precision", "recall", "f1", "brier_score", "log_loss"):
        ours = found.difference(metric)
        assert ours is not None
        _, low, high = drawn[metric]
        assert (ours.high - ours.low) == pytest.approx(high - low, rel=0.12), metric
        assert (ours.high + ours.low) / 2 == pytest.approx((high + low) / 2, abs=0.1 * (high - low)), metric


def test_the_interval_of_a_mean_is_statsmodels_of_paired_differences() -> None:
    champion, challenger = two()
    bad = champion.scores.is_bad
    found = pair(champion, challenger).difference("brier_score")
    assert found is not None
    each = (challenger.scores.score - bad) ** 2 - (champion.scores.score - bad) ** 2
    assert (found.low, found.high) == pytest.approx(DescrStatsW(each).zconfint_mean(), abs=1e-12)


def test_the_interval_of_a_share_is_that_of_the_rows_differences() -> None:
    """The approval rate and the accuracy are means over all rows, so their paired interval has a closed form."""
    champion, challenger = two()
    refused = [one.scores.score >= 0.5 for one in (champion, challenger)]
    bad = champion.scores.is_bad == 1
    found = pair(champion, challenger)
    for metric, each in (
        ("approval_rate", refused[0].astype(float) - refused[1]),
        ("accuracy", (refused[1] == bad).astype(float) - (refused[0] == bad)),
    ):
        ours = found.difference(metric)
        assert ours is not None
        assert (ours.low, ours.high) == pytest.approx(DescrStatsW(each).zconfint_mean(), abs=1e-9), metric


def test_p_of_the_auc_goes_with_its_interval() -> None:
    found = pair(*two())
    auc = found.difference("auc")
    assert auc is not None
    assert found.auc_p is not None
    z = auc.difference / ((auc.high - auc.low) / 2 / norm.ppf(0.975))
    assert found.auc_p == pytest.approx(2 * norm.sf(abs(z)), rel=1e-9)
    assert auc.is_larger_than_chance == (found.auc_p < 0.05)


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=60),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_the_swap_set_holds_every_row_once(rows: list[tuple[bool, int, int]], cut: int, other: int) -> None:
    bad = np.array([row[0] for row in rows])
    first, second = (
        replace(member(str(at), np.array([row[at] for row in rows]) / 20, bad), cutoff=where / 20)
        for at, where in ((1, cut), (2, other))
    )
    found = pair(first, second)
    assert len({(cell.first_approves, cell.second_approves) for cell in found.swap}) == 4
    assert sum(cell.n_good + cell.n_bad for cell in found.swap) == found.n_rows == len(rows)
    assert sum(cell.n_bad for cell in found.swap) == found.n_bad == bad.sum()
    for is_first, one in ((True, first), (False, second)):
        approved = sum(
            cell.n_good + cell.n_bad for cell in found.swap if (cell.first_approves if is_first else cell.second_approves)
        )
        assert approved == (one.scores.score < one.cutoff).sum()
    mistaken = found.cell(champion=True, challenger=False)
    unmade = found.cell(champion=False, challenger=True)
    assert found.only_champion_right == mistaken.n_good + unmade.n_bad
    assert found.only_challenger_right == mistaken.n_bad + unmade.n_good


def test_only_rows_that_both_held_out_count() -> None:
    champion, challenger = two(100)
    parts = np.full((2, 100), PARTS.index("held_out"), np.int8)
    parts[0, :30] = PARTS.index("training")
    parts[1, 20:60] = PARTS.index("validation")
    members = [
        replace(one, scores=replace(one.scores, part=part)) for one, part in zip((champion, challenger), parts, strict=True)
    ]
    found = pair(*members)
    assert (found.n_rows, found.n_champion, found.n_challenger) == (40, 70, 60)
    assert found.n_bad == (champion.scores.is_bad[60:] == 1).sum()


def test_what_cannot_be_compared_is_told_and_has_no_number() -> None:
    champion, challenger = two(60)
    halves = np.repeat([PARTS.index("training"), PARTS.index("held_out")], 30).astype(np.int8)
    apart = [
        replace(one, scores=replace(one.scores, part=part))
        for one, part in ((champion, halves), (challenger, halves[::-1].copy()))
    ]
    shorter = RowScores(np.full(5, 2, np.int8), np.zeros(5, np.int8), np.zeros(5))
    untested = replace(challenger, scores=replace(challenger.scores, part=np.zeros(60, np.int8)))
    for others, words in (
        ((champion, replace(challenger, target="late")), "'late'"),
        ((champion, replace(challenger, bad_label="yes")), "'yes'"),
        ((champion, replace(challenger, scores=shorter)), "different rows"),
        (apart, "held out different rows"),
        ((champion, untested), "It has held no row out"),
        ((untested, champion), "The champion has held no row out"),
        ((untested, untested), "Neither held any row out"),
    ):
        found = pair(*others)
        assert words in found.note
        assert not found.differences
        assert not found.swap
        assert found.mcnemar_p is None


def test_too_few_bads_give_no_test_of_the_auc() -> None:
    members = two(30)
    few = np.zeros(30, np.int8)
    few[:4] = 1
    found = pair(*(replace(m, scores=replace(m.scores, is_bad=few)) for m in members))
    assert found.n_bad == 4
    assert found.difference("auc") is None
    assert found.auc_p is None


def test_too_little_gives_no_interval_rather_than_a_wrong_one() -> None:
    champion, _ = two(40)
    same = pair(champion, replace(champion, run_id="again"))
    assert same.mcnemar_p is None
    assert same.auc_p is None
    assert same.difference("recall") is None  # no row is decided differently
    one_class = pair(*(replace(m, scores=replace(m.scores, is_bad=np.zeros(40, np.int8))) for m in two(40)))
    assert one_class.difference("auc") is None
    assert one_class.difference("recall") is None


def test_a_score_that_is_no_probability_has_no_brier_score() -> None:
    champion, challenger = two()
    found = pair(champion, replace(challenger, gives_probabilities=False))
    assert found.difference("auc") is not None
    assert found.difference("brier_score") is None
    assert found.difference("log_loss") is None


def test_a_pairing_comes_back_from_its_json() -> None:
    champion, challenger = two(200)
    found = pairing(iter([champion, challenger, replace(champion, run_id="third")]))
    assert found.run_ids == ("champion", "challenger", "third")
    assert [one.run_id for one in found.pairs] == ["challenger", "third"]
    assert Pairing.from_json(found.to_json()) == found
    assert pairing([champion]).pairs == ()


def test_a_million_rows_take_about_a_second() -> None:
    members = two(1_000_000)
    start = time.perf_counter()
    pair(*members)
    assert time.perf_counter() - start < 6  # 0.6 s where nothing else runs
