"""A search: which cells a grid has, what a cell is worth (scikit-learn on the same folds), and which is told to be best."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

from pipeline.errors import InvalidSpec, Stopped
from pipeline.folds import folds_of
from pipeline.grid import GRID_OPTIONS, MOST_CELLS, cells, declared, paths, words
from pipeline.results import Progress
from pipeline.search import fit_path, fit_trial, judge, ready
from pipeline.spec import TrainSpec
from pipeline.split import held_out
from pipeline.study_results import SearchResult, Trial

SPEC = TrainSpec(target="y", bad_label="bad", folds=4, seed=5)


def loans(n: int = 400, share: float = 0.3) -> pa.Table:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(n, 3))
    score = x[:, 0] - 0.5 * x[:, 1] ** 2 + rng.logistic(size=n)
    bad = score > np.quantile(score, 1 - share)
    return pa.table({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": np.where(bad, "bad", "good")})


class TestCells:
    def test_what_does_not_matter_is_not_fitted_again(self) -> None:
        made = cells(SPEC, {"penalty": ["none", "l2", "elasticnet"], "C": [0.1, 1, 10], "l1_ratio": [0.2, 0.8]})
        assert made.options[:4] == (
            {"penalty": "none"},
            {"penalty": "l2", "C": 0.1},
            {"penalty": "l2", "C": 1.0},
            {"penalty": "l2", "C": 10.0},
        )
        assert len(made.options) == 1 + 3 + 3 * 2
        assert made.n_same == 3 * 3 * 2 - 10
        assert made.n_fits == 10 * 4

    def test_an_elastic_net_at_its_ends_is_l2_or_l1(self) -> None:
        made = cells(SPEC, {"penalty": ["l2", "l1", "elasticnet"], "l1_ratio": [0, 0.5, 1], "C": [1]})
        assert [words(options) for options in made.options] == ["L2, C 1", "L1, C 1", "elastic net, C 1, share of L1 0.5"]

    def test_weights_matter_where_they_are_given(self) -> None:
        weights = [{"bad": 2}, {"bad": 5}]
        made = cells(SPEC, {"class_weight": ["none", "balanced", "given"], "class_weights": weights})
        assert [words(options) for options in made.options] == ["no weights", "balanced weights", "bad × 2", "bad × 5"]

    def test_no_folds_are_five(self) -> None:
        assert cells(replace(SPEC, folds=0), {"degree": [1, 2]}).n_fits == 10

    def test_every_option_may_vary_by_its_declaration(self) -> None:
        for name in GRID_OPTIONS:
            assert declared(name).label
        values = {
            "penalty": ["l1"], "C": [0.5], "l1_ratio": [0.5], "class_weight": ["given"], "class_weights": [{"bad": 2}],
            "resampling": ["none", "over", "under", "smote", "smotenc"], "degree": [1, 2],
        }  # fmt: skip
        made = cells(SPEC, values)
        assert set(values) - {"l1_ratio"} == set(made.options[0])
        assert all(made.spec_of(number).resampling == options["resampling"] for number, options in enumerate(made.options))

    @pytest.mark.parametrize(
        ("grid", "option", "told"),
        [
            ({"C": [0.1, -1]}, "C", "out of range"),
            ({"C": ["1e999"]}, "C", "not a number"),
            ({"C": ["a lot"]}, "C", "not a number"),
            ({"penalty": ["l3"]}, "penalty", "choose one of"),
            ({"degree": [9]}, "degree", "out of range"),
            ({"seed": [1, 2]}, "seed", "does not vary"),
            ({}, "penalty", "Nothing varies"),
            ({"C": []}, "penalty", "Nothing varies"),
            ({"C": [k + 1 for k in range(MOST_CELLS + 1)]}, "C", "Take fewer values"),
            ({"C": [k + 1 for k in range(1_000)], "l1_ratio": [k / 1_000 for k in range(1_000)]}, "C", "Take fewer values"),
        ],
    )
    def test_a_wrong_grid_is_told_at_its_option(self, grid: dict, option: str, told: str) -> None:
        with pytest.raises(InvalidSpec) as refused:
            cells(SPEC, grid)
        assert told in refused.value.problems[option]

    def test_too_many_fits_are_refused(self) -> None:
        with pytest.raises(InvalidSpec, match="5,000 fits"):
            cells(replace(SPEC, folds=50), {"C": [k + 1 for k in range(100)]})

    def test_a_combination_that_does_not_go_together_is_left_out_with_its_sentence(self) -> None:
        made = cells(replace(SPEC, solver="lbfgs"), {"penalty": ["none", "l2", "l1"], "C": [1, 2]})
        assert [words(options) for options in made.options] == ["no penalty", "L2, C 1", "L2, C 2"]
        assert [options for options, _ in made.left_out] == [{"penalty": "l1", "C": 1.0}, {"penalty": "l1", "C": 2.0}]
        assert all("lbfgs" in why for _, why in made.left_out)

    def test_none_that_goes_together_is_refused(self) -> None:
        with pytest.raises(InvalidSpec, match="None of the combinations"):
            cells(replace(SPEC, solver="lbfgs"), {"penalty": ["l1"]})


class TestTrial:
    @pytest.mark.parametrize("options", [{"penalty": "l2", "C": 0.05}, {"penalty": "l1", "C": 0.1}, {"penalty": "none"}])
    @pytest.mark.parametrize("degree", [1, 2])
    def test_a_cell_is_what_scikit_learn_gives_on_the_same_folds(self, options: dict, degree: int) -> None:
        table = loans()
        data = ready(table, SPEC)
        trial = fit_trial(data, 3, {**options, "degree": degree})
        x = np.column_stack([table[name].to_numpy() for name in "abc"])
        y = (table["y"].to_numpy(zero_copy_only=False) == "bad").astype(int)
        training, _ = held_out(y, SPEC.test_share, SPEC.seed)
        x, y = x[training], y[training]
        [number] = folds_of(y, SPEC)
        losses, aucs, kept = [], [], []
        for fold in range(4):
            powers = np.hstack([StandardScaler().fit(x[number != fold]).transform(x) ** k for k in range(1, degree + 1)])
            ratio, C = {"l2": 0.0, "l1": 1.0}.get(options["penalty"], 0.0), options.get("C", np.inf)
            model = LogisticRegression(
                C=C, l1_ratio=ratio, solver="saga" if ratio else "newton-cholesky", tol=1e-10, max_iter=50_000
            )
            model.fit(powers[number != fold], y[number != fold])
            given = model.predict_proba(powers[number == fold])[:, 1]
            losses.append(log_loss(y[number == fold], given))
            aucs.append(roc_auc_score(y[number == fold], given))
            kept.append(np.count_nonzero(np.abs(model.coef_) > 1e-9))
        assert trial.error == ""
        assert trial.fold_log_loss == pytest.approx(losses, abs=1e-6)
        assert trial.fold_auc == pytest.approx(aucs, abs=1e-9)
        assert (trial.log_loss, trial.auc) == (pytest.approx(np.mean(losses), abs=1e-6), pytest.approx(np.mean(aucs)))
        assert trial.log_loss_se == pytest.approx(np.std(losses, ddof=1) / 2, abs=1e-6)
        assert trial.auc_se == pytest.approx(np.std(aucs, ddof=1) / 2)
        assert trial.n_nonzero == round(np.mean(kept))

    def test_held_out_rows_are_never_touched(self) -> None:
        """Their features and outcomes are replaced by nonsense: every figure stays as it was."""
        table = loans()
        first = fit_trial(ready(table, SPEC), 0, {"C": 0.1, "resampling": "over"})
        y = (table["y"].to_numpy(zero_copy_only=False) == "bad").astype(int)
        _, testing = held_out(y, SPEC.test_share, SPEC.seed)
        spoilt = {name: table[name].to_numpy().copy() for name in "abc"}
        for values in spoilt.values():
            values[testing] = 1e6
        second = fit_trial(ready(pa.table({**spoilt, "y": table["y"]}), SPEC), 0, {"C": 0.1, "resampling": "over"})
        assert replace(first, seconds=0) == replace(second, seconds=0)

    def test_repeats_of_the_folds_do_not_shrink_the_standard_error(self) -> None:
        once = fit_trial(ready(loans(), SPEC), 0, {"C": 1.0})
        thrice = fit_trial(ready(loans(), replace(SPEC, fold_repeats=3)), 0, {"C": 1.0})
        assert len(thrice.fold_auc) == 12
        assert thrice.fold_auc[:4] == once.fold_auc
        assert thrice.log_loss_se == pytest.approx(np.std(thrice.fold_log_loss, ddof=1) / 2)

    def test_a_cell_that_cannot_be_fitted_says_why(self) -> None:
        """SMOTE with 5 neighbours, and a class with 5 rows in each fold's training part."""
        table = loans(n=300, share=0.03)
        trial = fit_trial(ready(table, replace(SPEC, folds=3)), 7, {"resampling": "smote"})
        assert (trial.number, trial.auc, trial.log_loss) == (7, None, None)
        assert "neighbours" in trial.error

    def test_whole_groups_stay_in_one_fold(self) -> None:
        table = loans().append_column("who", pa.array([str(k // 8) for k in range(400)]))
        spec = replace(SPEC, split="group", split_column="who", features=("a", "b"))
        data = ready(table, spec)
        who = table["who"].to_numpy(zero_copy_only=False)[data.training]
        assert all(len(set(data.folds[0][who == name])) == 1 for name in set(who))
        assert fit_trial(data, 0, {"C": 1.0}).error == ""

    def test_three_classes(self) -> None:
        table = loans()
        third = np.where(table["c"].to_numpy() > 1, "worse", table["y"].to_numpy(zero_copy_only=False))
        table = table.set_column(3, "y", pa.array(third))
        trial = fit_trial(ready(table, TrainSpec(target="y", folds=3, features=("a", "b"))), 0, {"C": 1.0})
        assert trial.error == ""
        assert trial.auc is not None
        assert trial.n_nonzero == 2

    def test_a_stop_ends_it(self) -> None:
        def stop(_progress: Progress) -> None:
            raise Stopped

        with pytest.raises(Stopped):
            fit_trial(ready(loans(), SPEC), 0, {"C": 1.0}, stop)


def close(one: Trial, other: Trial) -> bool:
    """Equal but for the time, and for what the tolerance of a fit leaves open."""
    figures = ("fold_log_loss", "fold_auc", "log_loss", "auc", "log_loss_se", "auc_se")
    return all(getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-6) for name in figures) and all(
        getattr(one, name) == getattr(other, name) for name in ("number", "options", "n_nonzero", "warnings", "error")
    )


class TestPath:
    def test_cells_that_differ_in_c_alone_are_a_path_from_the_strongest_penalty(self) -> None:
        made = cells(SPEC, {"penalty": ["none", "l1", "l2"], "C": [10, 0.1, 1], "class_weight": ["none", "balanced"]})
        found = paths(made)
        assert sorted(number for path in found for number in path) == list(range(len(made.options)))
        assert len(found) == 6
        for path in found:
            Cs = [made.options[number].get("C", 0) for number in path]
            assert Cs in ([0], [0.1, 1, 10])
            rest = [{name: value for name, value in made.options[number].items() if name != "C"} for number in path]
            assert all(options == rest[0] for options in rest)

    def test_a_long_path_is_shared_out(self) -> None:
        made = cells(SPEC, {"C": [10.0**k for k in range(-6, 5)]})
        assert [len(path) for path in paths(made)] == [8, 3]

    @pytest.mark.parametrize(
        ("base", "options"),
        [
            ({}, {"penalty": "l2"}),
            ({}, {"penalty": "l1", "class_weight": "balanced"}),
            ({}, {"penalty": "elasticnet", "l1_ratio": 0.5, "degree": 2}),
            ({}, {"penalty": "l2", "resampling": "smote"}),
            ({"solver": "lbfgs"}, {"penalty": "l2"}),
            ({"fold_repeats": 2, "correct_prior": True}, {"class_weight": "balanced"}),
        ],
    )
    def test_a_path_gives_what_its_cells_give_by_themselves(self, base: dict, options: dict) -> None:
        data = ready(loans(), replace(SPEC, **base))
        path = {number: {**options, "C": C} for number, C in enumerate([30.0, 1e-3, 0.03, 1e4, 1.0])}
        together = fit_path(data, path)
        alone = [fit_trial(data, number, options) for number, options in path.items()]
        assert [trial.error for trial in together] == [""] * 5
        assert all(map(close, together, alone))

    @pytest.mark.parametrize("multiclass", ["multinomial", "one_vs_rest"])
    def test_of_three_classes_too(self, multiclass: str) -> None:
        table = loans()
        third = np.where(table["c"].to_numpy() > 1, "worse", table["y"].to_numpy(zero_copy_only=False))
        table = table.set_column(3, "y", pa.array(third))
        data = ready(table, TrainSpec(target="y", folds=3, features=("a", "b"), multiclass=multiclass))
        path = {number: {"C": C} for number, C in enumerate([0.01, 1.0, 100.0])}
        assert all(map(close, fit_path(data, path), [fit_trial(data, *cell) for cell in path.items()]))

    def test_a_cell_that_fails_fails_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The one in the middle has no solution in the second fold; the others are as they are without it."""
        import pipeline.search

        data = ready(loans(), SPEC)
        path = {number: {"C": C} for number, C in enumerate([0.1, 1.0, 10.0])}
        whole, fit, n_fits = fit_path(data, path), pipeline.search.fit, 0

        def fails(*given: object, **named: object) -> object:
            nonlocal n_fits
            n_fits += 1
            if n_fits == 5:
                raise np.linalg.LinAlgError
            return fit(*given, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(pipeline.search, "fit", fails)
        found = fit_path(data, path)
        assert [bool(trial.error) for trial in found] == [False, True, False]
        assert "no solution" in found[1].error
        assert n_fits == 3 + 3 + 2 + 2  # not tried again in the folds that follow
        assert close(found[0], whole[0])
        assert close(found[2], whole[2])


def trial(number: int, log_loss: float | None, n_nonzero: int, se: float = 0.01, auc: float = 0.7, **options: object) -> Trial:
    return Trial(number, dict(options), auc, 0.02, log_loss, se, n_nonzero=n_nonzero, error="" if log_loss else "It failed.")


class TestJudge:
    GRID = cells(SPEC, {"penalty": ["none", "l2", "l1"], "C": [0.1, 1]})

    def test_the_simplest_within_one_standard_error_of_the_best(self) -> None:
        found = judge(
            self.GRID,
            [
                trial(0, 0.500, 9, penalty="none"),
                trial(1, 0.509, 4, penalty="l1", C=1.0),
                trial(2, 0.508, 4, penalty="l1", C=0.1),  # as few coefficients, and a stronger penalty
                trial(3, 0.511, 2, penalty="l1", C=0.05),  # too far from the best
                trial(4, None, 0),
            ],
            "log_loss",
            3.0,
        )
        assert (found.best, found.one_se) == (0, 2)
        assert [one.number for one in found.trials] == [0, 1, 2, 3, 4]

    def test_no_penalty_is_the_weakest(self) -> None:
        found = judge(self.GRID, [trial(0, 0.5, 4, penalty="none"), trial(1, 0.505, 4, penalty="l2", C=100.0)], "log_loss", 0)
        assert (found.best, found.one_se) == (0, 1)

    def test_by_auc_the_highest_is_best(self) -> None:
        found = judge(self.GRID, [trial(0, 0.5, 4, auc=0.70), trial(1, 0.6, 3, auc=0.75), trial(2, 0.6, 2, auc=0.735)], "auc", 0)
        assert (found.best, found.one_se) == (1, 2)

    def test_where_nothing_could_be_fitted_nothing_is_best(self) -> None:
        found = judge(self.GRID, [trial(0, None, 0)], "log_loss", 0)
        assert (found.best, found.one_se) == (None, None)

    def test_a_result_comes_back_from_its_json(self) -> None:
        import json

        found = judge(self.GRID, [fit_trial(ready(loans(), SPEC), 0, self.GRID.options[0])], "log_loss", 1.5)
        assert SearchResult.from_json(json.loads(json.dumps(found.to_json()))) == found
