"""The demonstration: three people, the example tables, and a trained run that is shared."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from dashapp.settings import Settings
from dashapp.usecases import accounts, approvals, datasets, profiles, runs, sharing, wordings
from dashapp.usecases.desk import Desk, Person
from dashapp.usecases.saving import CHUNK_ROWS
from dashapp.usecases.training import execute
from db import audit, leases
from db import datasets as doors
from pipeline import profiling
from pipeline.examples import EXAMPLES, Example
from pipeline.roles import suggest_roles
from pipeline.tallies import summarise

if TYPE_CHECKING:
    import pyarrow as pa

    from db.engine import Database

PEOPLE = (("analyst", "Analyst", "analyst"), ("officer", "Loan officer", "officer"), ("admin", "Admin", "admin"))
RUN_NAME = "L2 scorecard, 12 columns"
_SEGMENTS = {EXAMPLES[0].name: {"age_years": "a protected trait: groups are compared by it, and it is not scored"}}
_NOTE = (
    "An example: every column of the made-up loan book but the age, which is kept to compare groups by, with the usual "
    "penalty.\n\n"
    "The cut-off of 0.15 lies a little above the bad rate. At 0.50 the run would approve nearly everybody, because few loans "
    "of this book are more likely to go bad than not."
)
_WORDS: dict[str, dict[str, object]] = {
    "age_years": {"label": "age"},
    "income_yearly": {"label": "yearly income", "unit": "$", "low": "The income is low", "high": "The income is high"},
    "employment_years": {"label": "years in the job", "unit": "years", "low": "The job is a recent one",
                         "high": "The job is one of many years"},
    "home_ownership": {"label": "housing", "levels": [["rent", "The home is rented"], ["own", "The home is owned"],
                                                      ["mortgage", "The home is owned with a mortgage"]]},
    "region": {"label": "region"},
    "purpose": {"label": "purpose of the loan"},
    "loan_amount": {"label": "amount", "unit": "$", "high": "The amount is high", "low": "The amount is low",
                    "changeable": True, "direction": "down", "step": 500, "change": "borrow {value}"},
    "loan_term_months": {"label": "repayment time", "unit": "months", "high": "Repayment takes long",
                         "low": "Repayment is quick", "changeable": True, "step": 12, "change": "repay in {value}"},
    "debt_to_income": {"label": "debt to income", "high": "Debts are high beside the income",
                       "low": "Debts are low beside the income", "changeable": True, "direction": "down", "step": 0.05,
                       "change": "cut debts to {value} of income"},
    "late_payments_2y": {"label": "late payments in two years", "high": "Payments were late in the last two years",
                         "low": "Payments were in time"},
    "credit_inquiries_6m": {"label": "credit inquiries in six months", "high": "Many credits were asked for lately",
                            "low": "Few credits were asked for lately"},
    "card_utilisation_pct": {"label": "use of credit cards", "unit": "%", "high": "Credit cards are used close to their limit",
                             "low": "Credit cards are used little", "changeable": True, "direction": "down", "step": 5,
                             "change": "use {value} of the card limit"},
    "savings_balance": {"label": "savings", "unit": "$", "low": "Savings are low", "high": "Savings are high",
                        "changeable": True, "direction": "up", "step": 500, "change": "save up {value}"},
}  # fmt: skip
_NAME = "demo"
_LEASE_SECONDS = 600.0


def fill(db: "Database", settings: Settings, say: Callable[[str], object]) -> None:
    """Makes what is not there yet, so that an interrupted start is carried on by the next. `say` is told what is done."""
    present = {person.name: person for person in accounts.everyone(db)}
    for name, display_name, role in PEOPLE:
        if name not in present:
            present[name] = accounts.add_person(db, name=name, display_name=display_name, role=role, password=None)
    desk = Desk(db, settings, present["analyst"])
    had = {card.name for card in datasets.visible(desk)}
    for example in EXAMPLES:
        if example.name not in had:
            say(f"Making the example '{example.name}'")
            _store(db, desk.user, example)
    if not runs.visible(desk):
        say(f"Training a model on '{EXAMPLES[0].name}'")
        _train(desk, EXAMPLES[0])


def _store(db: "Database", owner: Person, example: Example) -> None:
    """All in one transaction: an example is there whole, or not at all."""
    table = example.make()
    found = summarise(table)
    profile = profiling.profile(table.to_batches(), found, target=example.target, bad_label=example.bad_label)
    roles = suggest_roles(found, profile, example.target)
    roles |= {name: ("segment", why) for name, why in _SEGMENTS.get(example.name, {}).items()}
    columns = [replace(column, role=roles[column.name][0], reason=roles[column.name][1]) for column in found]
    with db.write() as session:
        dataset = doors.begin(
            session,
            owner_id=owner.id,
            name=example.name,
            source="example",
            sha256=_digest(table),
            n_bytes=table.nbytes,
        )
        first_row = 0
        for index, batch in enumerate(table.to_batches(max_chunksize=CHUNK_ROWS)):
            doors.add_chunk(session, dataset_id=dataset.id, chunk_index=index, first_row=first_row, batch=batch)
            first_row += batch.num_rows
        doors.finish(
            session,
            dataset_id=dataset.id,
            n_rows=table.num_rows,
            columns=[asdict(column) for column in columns],
            recipe={"example": example.name},
            target=example.target,
            bad_label=example.bad_label,
        )
        doors.describe(session, owner_id=owner.id, dataset_id=dataset.id, description=example.description)
        profiles.store(session, dataset, profile)
        audit.record(session, user_id=owner.id, action="added_example", object_kind="dataset", object_id=dataset.id)


def _train(desk: Desk, example: Example) -> None:
    """A run as the screen would start it, worked off here, so that it is there when the first page is opened."""
    dataset_id = next(card.id for card in datasets.visible(desk) if card.name == example.name)
    options = {"target": example.target, "bad_label": example.bad_label, "folds": 5, "cutoff": 0.15}
    run_id = runs.start(desk, dataset_id, RUN_NAME, options)
    runs.describe(desk, run_id, name=RUN_NAME, note=_NOTE)
    with desk.db.write() as session:
        claimed = [
            (job.id, job.attempt) for job in leases.claim(session, claimed_by=_NAME, lease_seconds=_LEASE_SECONDS, limit=1)
        ]
    for job_id, attempt in claimed:
        execute(desk.db, job_id, attempt, desk.settings)
    wordings.save(desk, run_id, _WORDS)
    approvals.propose(desk, run_id, "admin", "An example: proposed by the analyst.")
    approvals.approve(Desk(desk.db, desk.settings, _person(desk, "admin")), run_id, "An example: approved by a second person.")
    sharing.share(desk, "run", run_id, "officer")
    sharing.share(desk, "dataset", dataset_id, "officer")  # so that applicants can be looked up


def _person(desk: Desk, name: str) -> Person:
    return next(person for person in accounts.everyone(desk.db) if person.name == name)


def _digest(table: "pa.Table") -> str:
    """Stands for the hash of a file: of the columns' names and values."""
    digest = hashlib.sha256()
    for name, column in zip(table.column_names, table.columns, strict=True):
        digest.update(json.dumps([name, column.to_pylist()], default=str).encode())
    return digest.hexdigest()
