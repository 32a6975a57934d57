"""Stages of a run with who put it there, wordings of reasons, cases of applicants, and tables that studies make of many rows."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PEOPLE = ("stage_by_id", "proposed_by_id", "reviewer_id")
_KINDS = ("background", "lime", "boundary", "two_fields", "effects", "reference", "similar", "reasons")


def upgrade() -> None:
    with op.batch_alter_table("runs") as runs:
        for column in _PEOPLE:
            runs.add_column(sa.Column(column, sa.Integer(), nullable=True))
            runs.create_foreign_key(f"fk_runs_{column}_users", "users", [column], ["id"])
        runs.add_column(sa.Column("stage_at", sa.DateTime(timezone=True), nullable=True))
        runs.add_column(sa.Column("stage_note", sa.Text(), nullable=False, server_default=""))
        runs.add_column(sa.Column("wording", sa.JSON(), nullable=False, server_default="{}"))
        runs.create_index("ix_runs_reviewer_id", ["reviewer_id"], unique=False)
    with op.batch_alter_table("runs") as runs:
        runs.alter_column("stage_note", server_default=None)
        runs.alter_column("wording", server_default=None)
    op.create_table(
        "study_chunks",
        sa.Column("study_id", sa.String(length=12), nullable=False),
        sa.Column("chunk_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name="fk_study_chunks_study_id_studies", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_id", "chunk_index", name="pk_study_chunks"),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=12), nullable=False),
        sa.Column("dataset_id", sa.String(length=12), nullable=True),
        sa.Column("row", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("model_sha256", sa.String(length=64), nullable=False),
        sa.Column("advice", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_cases_owner_id_users"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_cases_run_id_runs"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_cases_dataset_id_datasets"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name="fk_cases_decided_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_index("ix_cases_owner_id", "cases", ["owner_id"], unique=False)
    op.create_index("ix_cases_run_id", "cases", ["run_id"], unique=False)


def downgrade() -> None:
    """What the schema before did not know goes with it: cases, explanations with their jobs, and who approved what."""
    for table in ("jobs", "studies"):
        kind = sa.column("kind", sa.String)
        op.execute(sa.delete(sa.table(table, kind)).where(kind.in_(_KINDS)))
    op.drop_table("cases")
    op.drop_table("study_chunks")
    with op.batch_alter_table("runs") as runs:
        runs.drop_index("ix_runs_reviewer_id")
        for column in _PEOPLE:
            runs.drop_constraint(f"fk_runs_{column}_users", type_="foreignkey")
        for column in (*_PEOPLE, "stage_at", "stage_note", "wording"):
            runs.drop_column(column)
