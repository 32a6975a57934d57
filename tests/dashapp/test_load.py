"""Twenty people click through the pages and store things while two runs train: no fault, and nothing is lost."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import func, select

from dashapp.settings import Settings
from dashapp.usecases import accounts
from db.engine import Database
from db.tables import AuditEvent, Run, Upload
from tests.dashapp.clicking import Clicker
from tests.dashapp.waiting import until

PEOPLE = 20
ROUNDS = 2
SMALL = b"amount,age,bad\n" + b"".join(
    b"%d,%d,%s\n" % (100 + i, 20 + i % 50, b"yes" if i % 4 == 0 else b"no") for i in range(200)
)
OCTETS = {"Content-Type": "application/octet-stream"}


def work(someone: Clicker, link_token: str, number: int, run_id: str) -> None:
    """One person's round: pages by address and by link, uploads, a look at a run that is still training."""
    someone.sign_in(link_token)
    for turn in range(ROUNDS):
        someone.open("/")
        someone.go("/runs")
        status, _ = someone.ask("PUT", f"/api/datasets?filename=load-{number}-{turn}.csv", SMALL, **OCTETS)
        assert status == 201
        someone.go("/data")
        someone.open(f"/runs/{run_id}" if number == 0 else "/runs/new")


@pytest.mark.slow
def test_twenty_people_while_two_runs_train(
    serving: Callable[..., Any], start_run: Callable[..., str], db: Database, settings: Settings
) -> None:
    served = serving(SCOREDESK_WEB_WORKERS="2", SCOREDESK_JOB_WORKERS="2")
    run_ids = [start_run(), start_run()]
    for number in range(PEOPLE - 1):
        accounts.add_person(db, name=f"person{number}", display_name=f"Person {number}", role="analyst", password=None)
    names = ["analyst", *[f"person{number}" for number in range(PEOPLE - 1)]]
    tokens = [accounts.make_link(db, settings, name) for name in names]
    clickers = [Clicker(served.url) for _ in names]
    faults: list[str] = []

    def person(number: int) -> None:
        with closing(clickers[number]):
            try:
                work(clickers[number], tokens[number], number, run_ids[0])
            except Exception as fault:  # noqa: BLE001 - told by the test itself, with who had it
                faults.append(f"{names[number]}: {fault!r}")

    threads = [threading.Thread(target=person, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    def all_ended() -> bool:
        with db.read() as session:
            return set(session.scalars(select(Run.state).where(Run.id.in_(run_ids)))) == {"succeeded"}

    until(all_ended, 60)
    assert faults == []
    assert [wrong for clicker in clickers for wrong in clicker.wrong] == []
    answers = sum((Counter(clicker.answers) for clicker in clickers), Counter())
    assert set(answers) <= {200, 201, 303}
    assert answers[201] == PEOPLE * ROUNDS
    assert answers[200] > PEOPLE * ROUNDS * 10
    with db.read() as session:
        first_upload = min(session.scalars(select(Upload.created_at).where(Upload.filename.like("load-%"))))
        assert first_upload < max(session.scalars(select(Run.finished_at).where(Run.id.in_(run_ids))))  # at the same time
        stored = session.execute(select(Upload.state, Upload.findings).where(Upload.filename.like("load-%"))).all()
        assert len(stored) == PEOPLE * ROUNDS
        assert {(state, found["n_rows"]) for state, found in stored} == {("examined", 200)}
        assert session.scalar(select(func.count()).where(AuditEvent.action == "received")) == PEOPLE * ROUNDS + 2
        assert session.scalar(select(func.count()).where(AuditEvent.action == "succeeded")) == 2
    assert served.stop() == 0
    assert "Traceback" not in served.log.read_text()
