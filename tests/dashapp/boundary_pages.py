"""The Boundary tab as its callbacks fill it."""

from dataclasses import replace
from typing import Any

from dashapp.tabs.boundary.page import body, without_boundary
from dashapp.tabs.boundary.shown import Shown
from dashapp.usecases import backgrounds, boundaries
from dashapp.usecases.boundary_address import Address
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.runs import RunView
from db import studies
from pipeline.boundary_results import MOST_POINTS, BoundaryRows, RowCell, RowPoint
from pipeline.explaining.surfaces.rows import BINS


def boundary_pages(desk: Desk, view: RunView) -> list[Any]:
    run = backgrounds.opened(desk, view.id)
    address = boundaries.settled(run, Address(two=True))
    surface = boundaries.surface(run, address, None)
    rows = boundaries.get(desk, run, boundaries.start_rows(desk, run, surface))
    two = boundaries.get(desk, run, boundaries.start_two(desk, run, (address.x, address.y)))
    page = Shown(run, address, run.model.fields, surface, None, rows_study=rows, two_study=two)
    asked = replace(page, two_study=None, why_row=("No such row.", "Choose another."), why_rows=("Not shared.", "Ask."))
    assert view.job is not None
    failed = replace(two, result=None, card=replace(two.card, job=replace(view.job, state="failed", error="It broke.")))
    return [
        body(page, "light"),
        body(replace(asked, rows_study=None), "dark"),
        body(replace(page, two_study=failed, rows_study=replace(rows, result=None)), "light"),
        without_boundary(Refused("One field.", fix="Train with more.")),
    ]


def crowd(desk: Desk, run_id: str, search: str = "") -> None:
    """Counts the rows of a picture, and puts those of ten million in their place: every cell full, and every point drawn."""
    run = backgrounds.opened(desk, run_id)
    found = boundaries.surface(run, boundaries.settled(run, Address.parse(search)), None)
    study = boundaries.start_rows(desk, run, found)
    ends = [(axis.low, (axis.high - axis.low) / BINS) for axis in (found.x, found.y)]
    places = [tuple(low + (k + 0.5) * step for (low, step), k in zip(ends, at, strict=True)) for at in _cells()]
    counts = (13_020, 4_341)
    rows = BoundaryRows(
        "held_out",
        10_000_000,
        1_234_567,
        1_234_567,
        tuple(RowCell(x, y, counts) for x, y in places),
        tuple(RowPoint(x, y, k % 2, 1 / (k + 3)) for k, (x, y) in enumerate(places[:MOST_POINTS])),
    )
    with desk.db.write() as session:
        studies.owned(session, desk.user.id, study).result = rows.to_json()


def _cells() -> list[tuple[int, int]]:
    return [(i, j) for j in range(BINS) for i in range(BINS)]
