"""Which solver can minimise what: told in a sentence before a fit is tried."""

SOLVERS = ("auto", "lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga")

_SMOOTH = ("lbfgs", "newton-cg", "newton-cholesky", "sag")  # those that need a gradient everywhere
_PENALTIES = {"none": "no penalty", "l2": "L2", "l1": "L1", "elasticnet": "the elastic net"}


def solver_problem(solver: str, penalty: str, n_classes: int, multiclass: str) -> str | None:
    """Why a solver cannot fit a model, with the way out; None where it can.

    Parameters
    ----------
    solver : str
        As `TrainSpec.solver`.
    penalty : str
        As `TrainSpec.penalty`: "none", "l2", "l1" or "elasticnet".
    n_classes : int
        Classes of the outcome; 2 where it is not known yet.
    multiclass : str
        As `TrainSpec.multiclass`: "multinomial" or "one_vs_rest".

    Returns
    -------
    str or None

    Notes
    -----
    The combinations are those of scikit-learn 1.9, `sklearn.linear_model._logistic._check_solver` and `LogisticRegression.fit`.
    """
    if solver not in SOLVERS:
        return f"There is no solver '{solver[:40]}'; choose one of {', '.join(SOLVERS)}."
    if solver in _SMOOTH and penalty in ("l1", "elasticnet"):
        return (
            f"{solver} cannot take {_PENALTIES[penalty]}, whose gradient jumps at 0; choose our own solver (auto) or saga, "
            "or the penalty L2."
        )
    if solver != "liblinear":
        return None
    if penalty == "none":
        return "liblinear always penalises; choose the penalty L2 or L1, or another solver."
    if penalty == "elasticnet":
        return "liblinear takes L1 or L2, not a mix of both; choose our own solver (auto) or saga, or the penalty L1 or L2."
    if n_classes > 2 and multiclass != "one_vs_rest":
        return "liblinear fits two classes at a time; choose one against rest for three classes and more, or another solver."
    return None
