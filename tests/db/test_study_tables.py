"""Tables that studies make of many rows: pieces come back as they were, again is once, and they go with their study."""

import pyarrow as pa

from db import studies, study_tables
from db.engine import Database
from db.tables import Dataset
from tests.db.conftest import Cast


def test_pieces_come_back_in_their_order(db: Database, cast: Cast, dataset: Dataset) -> None:
    pieces = [pa.table({"row": [1, 2], "reason": ["age", None]}), pa.table({"row": [3], "reason": ["income"]})]
    with db.write() as session:
        study = studies.add(
            session, kind="reasons", owner_id=cast.owner, dataset_id=dataset.id, run_id=None, name="Reasons", spec={}, options={},
            fingerprint="f",
        )  # fmt: skip
        assert study_tables.n_chunks(session, study.id) == 0
        for index in (1, 0, 1):  # a piece that an attempt before had stored is stored again
            study_tables.put(session, study_id=study.id, chunk_index=index, table=pieces[index])
    with db.read() as session:
        assert study_tables.n_chunks(session, study.id) == 2
        assert [study_tables.read(session, study.id, index) for index in range(2)] == pieces
    with db.write() as session:
        studies.delete(session, owner_id=cast.owner, study_id=study.id)
    with db.read() as session:
        assert study_tables.n_chunks(session, study.id) == 0
