"""Studies of many fits, their trials, and the jobs that do them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "studies",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.String(length=12), nullable=False),
        sa.Column("run_id", sa.String(length=12), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_studies_dataset_id_datasets"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_studies_owner_id_users"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_studies_run_id_runs"),
        sa.PrimaryKeyConstraint("id", name="pk_studies"),
    )
    for columns in (["dataset_id"], ["owner_id"], ["owner_id", "fingerprint"], ["run_id"]):
        op.create_index(f"ix_studies_{'_'.join(columns)}", "studies", columns, unique=False)
    op.create_table(
        "study_trials",
        sa.Column("study_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name="fk_study_trials_study_id_studies", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_id", "number", name="pk_study_trials"),
    )
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("study_id", sa.String(length=12), nullable=True))
        jobs.create_foreign_key("fk_jobs_study_id_studies", "studies", ["study_id"], ["id"], ondelete="SET NULL")
        jobs.create_index("ix_jobs_study_id", ["study_id"], unique=False)


def downgrade() -> None:
    """What the schema before did not know goes with it: studies and their jobs."""
    op.execute("DELETE FROM jobs WHERE kind IN ('path', 'search', 'imbalance')")
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_index("ix_jobs_study_id")
        jobs.drop_constraint("fk_jobs_study_id_studies", type_="foreignkey")
        jobs.drop_column("study_id")
    op.drop_table("study_trials")
    op.drop_table("studies")
