"""Uploads that are looked at before they are saved, profiles, comparisons, and jobs that work on them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OF_JOBS = ("upload", "dataset", "comparison")


def upgrade() -> None:
    _change_datasets()
    _create_profiles()
    _create_uploads()
    _create_comparisons()
    _change_jobs()


def _change_datasets() -> None:
    with op.batch_alter_table("datasets") as datasets:
        datasets.add_column(sa.Column("description", sa.Text(), nullable=False, server_default=""))
        datasets.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        datasets.add_column(sa.Column("replaces_id", sa.String(length=12), nullable=True))
        datasets.create_foreign_key("fk_datasets_replaces_id_datasets", "datasets", ["replaces_id"], ["id"])
        datasets.create_index("ix_datasets_replaces_id", ["replaces_id"], unique=False)
    with op.batch_alter_table("datasets") as datasets:
        # The defaults were for the rows that there were.
        datasets.alter_column("description", server_default=None)
        datasets.alter_column("version", server_default=None)


def _create_profiles() -> None:
    op.create_table(
        "dataset_profiles",
        sa.Column("dataset_id", sa.String(length=12), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("bad_label", sa.Text(), nullable=True),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name="fk_dataset_profiles_dataset_id_datasets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dataset_id", name="pk_dataset_profiles"),
    )


def _create_uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=300), nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("recipe", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("detected", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("findings", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("dataset_id", sa.String(length=12), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_uploads_dataset_id_datasets"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_uploads_owner_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_owner_id", "uploads", ["owner_id"], unique=False)
    op.create_index("ix_uploads_state_changed_at", "uploads", ["state", "changed_at"], unique=False)
    op.create_table(
        "upload_chunks",
        sa.Column("upload_id", sa.String(length=12), nullable=False),
        sa.Column("chunk_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_upload_chunks_upload_id_uploads", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("upload_id", "chunk_index", name="pk_upload_chunks"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # The pieces are compressed already.
        op.execute("ALTER TABLE upload_chunks ALTER COLUMN data SET STORAGE EXTERNAL")


def _create_comparisons() -> None:
    op.create_table(
        "comparisons",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("reference_id", sa.String(length=12), nullable=False),
        sa.Column("other_id", sa.String(length=12), nullable=True),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["datasets.id"], name="fk_comparisons_other_id_datasets"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_comparisons_owner_id_users"),
        sa.ForeignKeyConstraint(["reference_id"], ["datasets.id"], name="fk_comparisons_reference_id_datasets"),
        sa.PrimaryKeyConstraint("id", name="pk_comparisons"),
    )
    op.create_index("ix_comparisons_owner_id", "comparisons", ["owner_id"], unique=False)
    op.create_index("ix_comparisons_reference_id", "comparisons", ["reference_id"], unique=False)


def _change_jobs() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("title", sa.String(length=300), nullable=False, server_default=""))
        for what in _OF_JOBS:
            jobs.add_column(sa.Column(f"{what}_id", sa.String(length=12), nullable=True))
            jobs.create_foreign_key(f"fk_jobs_{what}_id_{what}s", f"{what}s", [f"{what}_id"], ["id"], ondelete="SET NULL")
            jobs.create_index(f"ix_jobs_{what}_id", [f"{what}_id"], unique=False)
    with op.batch_alter_table("jobs") as jobs:
        jobs.alter_column("title", server_default=None)


def downgrade() -> None:
    """What the schema before did not know goes with it: uploads that were not saved, profiles, comparisons, and their jobs."""
    op.execute("DELETE FROM jobs WHERE kind <> 'train'")
    with op.batch_alter_table("jobs") as jobs:
        for what in _OF_JOBS:
            jobs.drop_index(f"ix_jobs_{what}_id")
            jobs.drop_constraint(f"fk_jobs_{what}_id_{what}s", type_="foreignkey")
            jobs.drop_column(f"{what}_id")
        jobs.drop_column("title")
    for table in ("comparisons", "upload_chunks", "uploads", "dataset_profiles"):
        op.drop_table(table)
    with op.batch_alter_table("datasets") as datasets:
        datasets.drop_index("ix_datasets_replaces_id")
        datasets.drop_constraint("fk_datasets_replaces_id_datasets", type_="foreignkey")
        for column in ("replaces_id", "version", "description"):
            datasets.drop_column(column)
