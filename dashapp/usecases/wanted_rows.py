"""Which rows of a run's data set a filter wants, in its order.

Only the columns that the filter names are read, chunk by chunk; the scores are those stored with the run.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.usecases.filters import ANY, BY_ROW, EVERY, MISSED_BADS, REJECTED_GOODS, SAFEST, SHUFFLED, USUAL, WRONG, Filter
from dashapp.usecases.matching import mask_of
from dashapp.usecases.predictions import predictions
from dashapp.usecases.row_parts import rows_said
from dashapp.usecases.rows import chunks
from dashapp.usecases.runs import why_no_rows
from db import datasets, runs
from db.engine import Database
from pipeline.explaining.wording import Wording
from pipeline.kept import Kept
from pipeline.shown import shown
from pipeline.spec import TrainSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from db.tables import Dataset, Run
    from pipeline.model import FittedModel
    from pipeline.scores.row_scores import RowClasses

    Rows = NDArray[np.intp]
    Mask = NDArray[np.bool_]

_kept: "Kept[tuple[Any, ...], Rows]" = Kept(4_000_000, len, least=1)  # row numbers of all filters together


def rows_of(db: Database, user_id: int, run_id: str, wanted: Filter) -> "Rows":
    """Numbers (from 0) of the rows that a filter wants, in its order. Raises as `finding.matching`."""
    with db.read() as session:
        run = runs.get(session, user_id, run_id)
        dataset = dataset_of(session, user_id, run)
        key = (run.id, dataset.id, run.cutoff, wanted)
    found = _kept.get(key)
    if found is None:
        found = _rows(db, user_id, run_id, wanted)
        found.setflags(write=False)
        _kept.put(key, found)
    return found


def _rows(db: Database, user_id: int, run_id: str, wanted: Filter) -> "Rows":
    import numpy as np

    with db.read() as session:
        run = runs.get(session, user_id, run_id)
        dataset = dataset_of(session, user_id, run)
        two = TrainSpec.parse(run.spec).bad_label is not None
        _check(wanted, two)
        by_row = wanted.part == EVERY and wanted.error == ANY and not wanted.of_two and not wanted.of_more
        said = None if by_row else rows_said(session, user_id, run)
        model = None if two else model_of(run)
        cutoff, wording = run.cutoff, Wording.from_json(run.wording)
    kept = np.ones(dataset.n_rows, bool) if said is None else _by_part(said, wanted)
    if said is not None and two:
        kept &= _by_score(said, wanted, cutoff)
    if wanted.conditions:
        kept &= _by_conditions(db, dataset, wanted, wording)
    rows = np.flatnonzero(kept)
    if said is not None and model is not None:
        rows = _by_class(db, dataset, model, said, rows, wanted)
    return _ordered(rows, said, wanted)


def _check(wanted: Filter, two: bool) -> None:
    """Raises InvalidSpec for a filter that asks for what runs of so many classes do not have."""
    if not two and wanted.of_two:
        raise InvalidSpec.one("error", "A run of three classes or more has no cut-off, and no one score to find rows by.")
    if two and wanted.of_more:
        raise InvalidSpec.one("came", "A run of two classes decides by its cut-off; choose what came of it under Decision.")


def _ordered(rows: "Rows", said: "RowClasses | None", wanted: Filter) -> "Rows":
    import numpy as np

    if wanted.order == SHUFFLED:
        return np.random.Generator(np.random.PCG64(wanted.seed)).permutation(rows)
    if said is None or said.score is None or wanted.order == BY_ROW:
        return rows
    score = said.score[rows]
    worse = np.where(np.isnan(score), np.inf, score if wanted.order == SAFEST else -score)  # those without one come last
    return rows[_ascending(worse)]


def _ascending(values: "NDArray[np.float64]") -> "Rows":
    """Places of finite values from the least to the greatest, those of equal ones in their order.

    A third of the time of numpy's stable sort: values are ranked by the fast one, then whole numbers of rank and place sorted.
    """
    import numpy as np

    n_rows = len(values)
    order = np.argsort(values)
    ranked = values[order]
    rank = np.cumsum(np.concatenate([[False], ranked[1:] != ranked[:-1]])) if n_rows else order
    found: Rows = np.sort(rank * n_rows + order) % max(n_rows, 1)
    return found


def _by_part(said: "RowClasses", wanted: Filter) -> "Mask":
    import numpy as np

    part = part_of(wanted, said)
    return np.ones(len(said.part), bool) if part == EVERY else np.asarray(said.part == _place(part))


def _by_score(said: "RowClasses", wanted: Filter, cutoff: float) -> Any:
    """By the band of the score, and by decisions that came wrong."""
    import numpy as np

    kept, score = np.ones(len(said.part), bool), said.score
    if score is None:
        return kept
    if wanted.has_band:
        low, high = wanted.band()
        kept &= (score >= low) & (score <= high)
    if wanted.error != ANY:
        refused, bad, good = score >= cutoff, said.classes == 1, said.classes == 0
        missed, rejected = bad & (score < cutoff), good & refused
        kept &= {MISSED_BADS: missed, REJECTED_GOODS: rejected, WRONG: missed | rejected}[wanted.error]
    return kept


def _by_class(db: Database, dataset: "Dataset", model: "FittedModel", said: "RowClasses", rows: "Rows", wanted: Filter) -> "Rows":
    """By the class that came and the one that the run predicts, of three and more."""
    for label in (wanted.came, wanted.predicted):
        if label and label not in model.labels:
            raise InvalidSpec.one("came", f"The run has no class {shown(label)}; choose one of the list.")
    if wanted.came:
        rows = rows[said.classes[rows] == model.labels.index(wanted.came)]
    if wanted.error == WRONG:
        rows = rows[said.classes[rows] >= 0]  # what is not known is not wrong
    if wanted.predicted or wanted.error == WRONG:
        places = predictions(db, dataset, model, rows).places
        kept = places == model.labels.index(wanted.predicted) if wanted.predicted else places >= 0
        rows = rows[kept & (places != said.classes[rows])] if wanted.error == WRONG else rows[kept]
    return rows


def _by_conditions(db: Database, dataset: "Dataset", wanted: Filter, wording: Wording) -> Any:
    import numpy as np

    known = {column["name"] for column in dataset.columns}
    for one in wanted.conditions:
        if one.column not in known:
            raise InvalidSpec.one("where", f"The data set has no column '{one.column}'; choose one of the list.")
    names = list(dict.fromkeys(one.column for one in wanted.conditions))
    masks = []
    for batch in chunks(db, dataset, names):
        kept = np.ones(batch.num_rows, bool)
        for one in wanted.conditions:
            kept &= mask_of(batch.column(names.index(one.column)), one, wording.label(one.column))
        masks.append(kept)
    return np.concatenate(masks) if masks else np.zeros(0, bool)


def part_of(wanted: Filter, said: "RowClasses") -> str:
    """The part that a filter looks at: unless it says so, rows that were held out where there are some."""
    if wanted.part != USUAL:
        return wanted.part
    return "held_out" if (said.part == _place("held_out")).any() else EVERY


def _place(part: str) -> int:
    from pipeline.scores.row_scores import PARTS

    return PARTS.index(part)


def dataset_of(session: Session, user_id: int, run: "Run") -> "Dataset":
    try:
        return datasets.get(session, user_id, run.dataset_id)
    except NotFound:
        raise Refused(
            "You see this run without its data set, so there are no rows to look through.",
            fix=why_no_rows(run.owner.display_name, mine=run.owner_id == user_id, is_deleted=run.dataset.deleted_at is not None),
        ) from None


def model_of(run: "Run") -> "FittedModel":
    from pipeline.model import FittedModel

    if run.model is None:
        raise Refused("The run has no model yet.", fix="Wait until it is trained.")
    return FittedModel.from_json(run.model)
