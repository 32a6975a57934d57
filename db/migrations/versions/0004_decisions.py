"""Cut-offs with who chose them and how, where a run comes from, and what runs said of every row."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("cutoff_choice", sa.JSON(none_as_null=True), nullable=True))
        runs.add_column(sa.Column("cutoff_by_id", sa.Integer(), nullable=True))
        runs.add_column(sa.Column("cutoff_at", sa.DateTime(timezone=True), nullable=True))
        runs.add_column(sa.Column("origin", sa.JSON(none_as_null=True), nullable=True))
        runs.create_foreign_key("fk_runs_cutoff_by_id_users", "users", ["cutoff_by_id"], ["id"])
    op.create_table(
        "score_chunks",
        sa.Column("run_id", sa.String(length=12), nullable=False),
        sa.Column("dataset_id", sa.String(length=12), nullable=False),
        sa.Column("chunk_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_score_chunks_run_id_runs", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_score_chunks_dataset_id_datasets", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "dataset_id", "chunk_index", name="pk_score_chunks"),
    )
    op.create_index("ix_score_chunks_dataset_id", "score_chunks", ["dataset_id"], unique=False)


def downgrade() -> None:
    """What the schema before did not know goes with it: analyses of decisions with their jobs, and runs of other origin."""
    op.execute("DELETE FROM jobs WHERE kind IN ('segments', 'worst', 'pairing', 'monitor', 'judge_score', 'recalibrate')")
    op.execute("DELETE FROM studies WHERE kind IN ('segments', 'worst', 'pairing', 'monitor')")
    op.drop_index("ix_score_chunks_dataset_id", table_name="score_chunks")
    op.drop_table("score_chunks")
    op.execute("UPDATE jobs SET run_id = NULL WHERE run_id IN (SELECT id FROM runs WHERE origin IS NOT NULL)")
    op.execute("UPDATE studies SET run_id = NULL WHERE run_id IN (SELECT id FROM runs WHERE origin IS NOT NULL)")
    op.execute("DELETE FROM runs WHERE origin IS NOT NULL")
    with op.batch_alter_table("runs") as runs:
        runs.drop_constraint("fk_runs_cutoff_by_id_users", type_="foreignkey")
        for column in ("cutoff_choice", "cutoff_by_id", "cutoff_at", "origin"):
            runs.drop_column(column)
