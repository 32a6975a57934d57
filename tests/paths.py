"""A regularisation path made by hand, small enough to check with a pencil: 3 values of C, 10 training and 8 held-out rows."""

from dataclasses import replace

from pipeline.evaluation_results import Metrics, RocCurve
from pipeline.spec import TrainSpec
from pipeline.study_results import PathColumn, PathFigure, PathPart, TuningPath

CS = (0.01, 0.1, 1.0)
CUTOFFS = (0.0, 0.25, 0.5, 0.75)
SPEC = TrainSpec(target="bad", bad_label="yes", features=("age", "home"), C=0.1, folds=5)


def metrics(n_rows: int, n_bad: int | None, auc: float) -> Metrics:
    return Metrics(
        n_rows, n_bad, auc=auc, gini=2 * auc - 1, ks_statistic=auc - 0.3, accuracy=0.75, precision=0.5, recall=0.5, f1=0.5,
        brier_score=0.2, log_loss=0.6, auc_low=auc - 0.1, auc_high=auc + 0.1,
    )  # fmt: skip


CURVE = RocCurve((0.0, 0.0, 0.5, 1.0), (0.0, 0.5, 1.0, 1.0), (None, 0.9, 0.4, 0.1))
TRAINING = PathPart(
    "training", 10, 4, tuple(metrics(10, 4, auc) for auc in (0.7, 0.8, 0.9)), (1.5, 1.1, 0.9), CUTOFFS,
    bad_at_or_above=((4, 4, 0, 0), (4, 3, 2, 1), (4, 4, 3, 2)),
    good_at_or_above=((6, 6, 0, 0), (6, 3, 1, 0), (6, 2, 1, 0)),
    roc=(CURVE, CURVE, CURVE),
)  # fmt: skip
HELD_OUT = PathPart(
    "held_out", 8, 3, tuple(metrics(8, 3, auc) for auc in (0.65, 0.75, 0.7)), (2.0, None, 0.8), CUTOFFS,
    bad_at_or_above=((3, 3, 0, 0), (3, 2, 2, 0), (3, 3, 2, 1)),
    good_at_or_above=((5, 5, 0, 0), (5, 3, 1, 0), (5, 2, 2, 1)),
    roc=(CURVE, CURVE, CURVE),
)  # fmt: skip
COLUMNS = (
    PathColumn("yes", "age", None, "age"),
    PathColumn("yes", "home", "rent", "home: rent"),
    PathColumn("yes", "home", "<other>", "home: <other>"),
)
PATH = TuningPath(
    spec=SPEC.to_json(), labels=("no", "yes"), Cs=CS, columns=COLUMNS,
    coefficients=((0.01, 0.0, -0.02), (0.1, 0.3, -0.2), (0.2, 1.0, -0.9)), intercepts=((-0.4,), (-0.5,), (-0.6,)),
    auc=PathFigure((0.70, 0.76, 0.77), (0.02, 0.02, 0.02), ((0.68, 0.72), (0.74, 0.78), (0.75, 0.79)), best=2, one_se=1),
    log_loss=PathFigure((0.66, 0.58, 0.60), (0.01, 0.01, 0.01), ((0.65, 0.67), (0.57, 0.59), (0.59, 0.61)), best=1, one_se=1),
    parts=(TRAINING, HELD_OUT), folds=5, repeats=1, n_fits=18, n_unconverged=0, optimality=1e-9, solver="By hand",
    notes=(), seconds=0.5, cpu_seconds=0.5,
)  # fmt: skip
# Three classes: no cut-offs, counts, curves or calibration; coefficients of two classes against the first.
THREE = replace(
    PATH,
    labels=("high", "low", "middle"),
    columns=tuple(PathColumn(label, "age", None, "age") for label in ("low", "middle")),
    coefficients=((0.01, -0.02), (0.1, -0.2), (0.2, -0.9)),
    intercepts=((0.1, 0.2),) * 3,
    parts=tuple(
        PathPart(part.name, part.n_rows, None, tuple(metrics(part.n_rows, None, 0.7) for _ in CS), (None,) * 3)
        for part in (TRAINING, HELD_OUT)
    ),
)
