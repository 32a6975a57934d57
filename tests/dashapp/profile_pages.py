"""A profile's pages, filled from what was made by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dashapp.tabs.data import dataset_page
from dashapp.tabs.profile import column_page, compare_page, comparison, overview, relations, remedying, status
from dashapp.tabs.profile.table import TableState
from dashapp.usecases.datasets import DatasetCard, DatasetView
from dashapp.usecases.job_views import JobView
from dashapp.usecases.profiles import ProfileView
from pipeline.profiling.results import Profile
from pipeline.results import ColumnSummary
from tests.profiles import AGE, COMPARISON, GRADE, PROFILE

JOB = JobView(
    id="job", kind="profile", state="running", title="Loans", subtitle="Profile", href="/data/abc", run_id=None, share_done=0.5,
    doing="counting", rows_per_second=None, seconds_left=None, cancel_requested=False, error=None, attempt=1, mine=True,
    position=None, created_at=datetime.now(UTC), finished_at=None,
)  # fmt: skip


def view_of(profile: Profile, *, mine: bool = True, roles: dict[str, str] | None = None) -> DatasetView:
    given = roles or {}
    columns = tuple(
        ColumnSummary(one.name, one.kind, one.n_rows, one.n_missing, one.n_distinct, role=given.get(one.name, "feature"))
        for one in profile.columns
    )
    return DatasetView(
        id="abc", name="Loans", source="loans.csv", owner="Analyst", mine=mine, n_rows=profile.n_rows, n_bytes=1,
        sha256="", description="",
        version=1, replaces_id=None, newer_id=None, columns=columns,
        target=profile.target, bad_label=profile.bad_label, recipe={}, shared_with=(), created_at=datetime.now(UTC),
    )  # fmt: skip


def profile_pages(view: DatasetView, everything: Sequence[DatasetCard]) -> list[Any]:
    """With and without an outcome, of many columns, being made and missing; and two tables compared."""
    own, state = view_of(PROFILE), TableState()
    many = replace(PROFILE, columns=tuple(replace(AGE, name=f"c{i}") for i in range(60)))
    dated = replace(view, columns=(*view.columns, ColumnSummary("opened", "date", 200, 0, 9, "2024-01-01", "2024-12-31")))
    coded = replace(own, columns=(replace(view.columns[0], name="age", codes=(("-9", "missing"),)),))
    return [
        dataset_page.body(view_of(replace(PROFILE, columns=many.columns * 2)), "Columns"),
        overview.overview(own, PROFILE, state, None, "light"),
        overview.overview(own, replace(PROFILE, n_bad=None), state, None, "light"),
        overview.overview(own, many, state, None, "light"),
        column_page.column_body(own, PROFILE, GRADE, "light"),
        relations.relations(PROFILE, "light"),
        status.without_profile(ProfileView(None, None, False), True),
        status.above_profile(ProfileView(PROFILE, JOB, True), True),
        remedying.done_notice(coded, {"column": "age", "n_rows": 3, "codes_before": {}}),
        compare_page.compare_body(dated, everything, []),
        comparison.comparison_body(COMPARISON, None, "light"),
    ]
