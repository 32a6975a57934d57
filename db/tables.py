"""The tables. Ids of users are numbers; ids of what can be linked to are short random texts."""

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import DateTime

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0, o, 1, l or i: an id can be read out


def new_id() -> str:
    """A random id of 12 characters, 59 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


def now() -> datetime:
    return datetime.now(UTC)


class Instant(TypeDecorator[datetime]):
    """A point in time, always UTC and always aware; SQLite stores it without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Key(TypeDecorator[str]):
    """The id of what can be linked to. An address may hold anything: what no database takes as text is nobody's id."""

    impl = String(12)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else value.replace("\0", "?").encode("utf-8", "replace").decode()


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSON}  # noqa: RUF012 - SQLAlchemy's own hook


class User(Base):
    """A person. `role` is analyst, officer or admin."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)  # what one signs in with, lower case
    display_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class SignInSession(Base):
    """One signed-in browser. Only the SHA-256 of its token is stored."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(300))
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class SignInLink(Base):
    """A link that signs one person in, once."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A sign-in that failed; counted per account and per address."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "name", "at"), Index(None, "address", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=now)


class Dataset(Base):
    """A table that was read once and never changes. `state` is pending until all chunks are written, then ready."""

    __tablename__ = "datasets"

    id: Mapped[str] = mapped_column(Key, primary_key=True, default=new_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default="pending")
    source: Mapped[str] = mapped_column(String(300))  # the file's name, or "example"
    sha256: Mapped[str] = mapped_column(String(64))  # of the file as it was received
    n_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    n_rows: Mapped[int] = mapped_column(BigInteger, default=0)
    description: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[str | None] = mapped_column(ForeignKey("datasets.id"), index=True)  # the version before
    recipe: Mapped[dict[str, Any]] = mapped_column(default=dict)  # how the file was read
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # a summary of each column, in file order
    target: Mapped[str | None] = mapped_column(Text)
    bad_label: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    deleted_at: Mapped[datetime | None]
    owner: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ColumnChunk(Base):
    """Some consecutive rows of one column: a zstd-compressed Arrow IPC stream."""

    __tablename__ = "column_chunks"

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    column_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    chunk_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_row: Mapped[int] = mapped_column(BigInteger)
    n_rows: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class DatasetShare(Base):
    """A colleague who may see a data set and train on it."""

    __tablename__ = "dataset_shares"

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class DatasetProfile(Base):
    """The current profile of a data set, and the outcome and the special codes that it was made with."""

    __tablename__ = "dataset_profiles"

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    target: Mapped[str | None] = mapped_column(Text)
    bad_label: Mapped[str | None] = mapped_column(Text)
    codes: Mapped[dict[str, Any]] = mapped_column(default=dict)  # column -> [[code, what it means], ...]
    profile: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Upload(Base):
    """A file that was received and is looked at; what is saved of it is a data set.

    `state` is receiving until all pieces are there, then received, then examined or refused, at last saved. `version` grows
    with every change of what decides the examination: a result is stored only for the version that it was made of.
    """

    __tablename__ = "uploads"
    __table_args__ = (Index(None, "state", "changed_at"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True, default=new_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    filename: Mapped[str] = mapped_column(String(300))
    n_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(20), default="receiving")
    recipe: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    detected: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    findings: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)  # name, target, bad_label, roles, codes, replaces, ...
    version: Mapped[int] = mapped_column(default=1)
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # message and fix
    dataset_id: Mapped[str | None] = mapped_column(ForeignKey("datasets.id"))  # what it was saved as
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)


class UploadChunk(Base):
    """A piece of a file as it was received, compressed with zstd. All pieces but the last are of one size."""

    __tablename__ = "upload_chunks"

    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True)
    chunk_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Comparison(Base):
    """Two data sets, or two periods of one (`spec`), and how the second differs from the first."""

    __tablename__ = "comparisons"

    id: Mapped[str] = mapped_column(Key, primary_key=True, default=new_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    reference_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"), index=True)
    other_id: Mapped[str | None] = mapped_column(ForeignKey("datasets.id"))
    spec: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Run(Base):
    """One training: its spec, and once it has succeeded its model and results, which never change.

    `state` is queued, running, succeeded, failed or cancelled; `stage` is draft, proposed, approved or retired.
    """

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(Key, primary_key=True, default=new_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    stage: Mapped[str] = mapped_column(String(20), default="draft")
    state: Mapped[str] = mapped_column(String(20), default="queued")
    spec: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cutoff: Mapped[float] = mapped_column(default=0.5)
    cutoff_choice: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # how it was found, and what it is worth
    cutoff_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # who saved it; null: it came with the spec
    cutoff_at: Mapped[datetime | None]
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # null: trained here
    stage_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # who put it in its stage; null: still a draft
    stage_at: Mapped[datetime | None]
    stage_note: Mapped[str] = mapped_column(Text, default="")
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)  # who was asked to approve it
    wording: Mapped[dict[str, Any]] = mapped_column(default=dict)  # how reasons are told, by field
    model: Mapped[str | None] = mapped_column(Text, deferred=True)  # canonical JSON, byte for byte what was hashed
    model_sha256: Mapped[str | None] = mapped_column(String(64))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    auc: Mapped[float | None]  # held out; the figures that lists show, taken from the result
    auc_low: Mapped[float | None]
    auc_high: Mapped[float | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    owner: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[owner_id])
    cutoff_by: Mapped[User | None] = relationship(lazy="select", foreign_keys=[cutoff_by_id])
    stage_by: Mapped[User | None] = relationship(lazy="select", foreign_keys=[stage_by_id])
    proposed_by: Mapped[User | None] = relationship(lazy="select", foreign_keys=[proposed_by_id])
    reviewer: Mapped[User | None] = relationship(lazy="select", foreign_keys=[reviewer_id])
    dataset: Mapped[Dataset] = relationship(lazy="joined", innerjoin=True)


class ScoreChunk(Base):
    """What a run said of some consecutive rows of a data set: a zstd-compressed Arrow IPC stream of a few columns."""

    __tablename__ = "score_chunks"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True, index=True)
    chunk_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Study(Base):
    """Many fits on one data set, or an analysis of what runs decide (`kind`).

    `spec` is the base of all fits, or that of the run; `options` what varies, or what is asked; `fingerprint` is the hash of
    both, so that the same study is not done twice. A search's trials are stored as they arrive, the result at the end.
    """

    __tablename__ = "studies"
    __table_args__ = (Index(None, "owner_id", "fingerprint"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))  # one of those of dashapp.usecases.studies
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"), index=True)
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.id"), index=True)  # the run that it started from
    name: Mapped[str] = mapped_column(String(200))
    spec: Mapped[dict[str, Any]] = mapped_column(default=dict)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    fingerprint: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class StudyTrial(Base):
    """One fit of a study that was done before the study ended."""

    __tablename__ = "study_trials"

    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)


class StudyChunk(Base):
    """A piece of the table that a study made of many rows: a zstd-compressed Arrow IPC stream."""

    __tablename__ = "study_chunks"

    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"), primary_key=True)
    chunk_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Case(Base):
    """One applicant's decision, as it was told and as it was taken.

    `inputs` and `told` never change: what was known of the applicant, and all that the run said of it (score, reasons, versions,
    seed). `advice` is the model's, approve or refuse; `decision` the officer's: open, approve or refuse.
    """

    __tablename__ = "cases"

    id: Mapped[str] = mapped_column(Key, primary_key=True, default=new_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"), index=True)
    dataset_id: Mapped[str | None] = mapped_column(ForeignKey("datasets.id"))  # where the applicant was looked up
    row: Mapped[int | None] = mapped_column(BigInteger)  # in it, from 0
    name: Mapped[str] = mapped_column(String(200))
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    model_sha256: Mapped[str] = mapped_column(String(64))
    advice: Mapped[str] = mapped_column(String(20))
    decision: Mapped[str] = mapped_column(String(20), default="open")
    reason: Mapped[str] = mapped_column(Text, default="")  # of a decision against the advice
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    owner: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[owner_id])
    decided_by: Mapped[User | None] = relationship(lazy="select", foreign_keys=[decided_by_id])
    run: Mapped[Run] = relationship(lazy="joined", innerjoin=True)


class RunShare(Base):
    """A colleague who may open a run."""

    __tablename__ = "run_shares"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Job(Base):
    """A piece of queued work. `attempt` is the fencing token: only the attempt that holds the lease may commit a result.

    `attempt` only ever grows. `forgiven` of the attempts don't count towards the most that a job gets: those that an orderly
    shutdown gave back, and all before its owner queued it again. What the job works on may be gone when the job has ended.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "state", "created_at"), UniqueConstraint("run_id"))

    id: Mapped[str] = mapped_column(Key, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(30))
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.id"))
    upload_id: Mapped[str | None] = mapped_column(ForeignKey("uploads.id", ondelete="SET NULL"), index=True)
    dataset_id: Mapped[str | None] = mapped_column(ForeignKey("datasets.id", ondelete="SET NULL"), index=True)
    comparison_id: Mapped[str | None] = mapped_column(ForeignKey("comparisons.id", ondelete="SET NULL"), index=True)
    study_id: Mapped[str | None] = mapped_column(ForeignKey("studies.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(20), default="queued")
    attempt: Mapped[int] = mapped_column(default=0)
    forgiven: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    share_done: Mapped[float] = mapped_column(default=0.0)
    doing: Mapped[str] = mapped_column(String(200), default="")
    rows_per_second: Mapped[float | None]
    seconds_left: Mapped[float | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class AuditEvent(Base):
    """Who did what to which object, and when. Rows are only ever added."""

    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "object_kind", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(String(50))
    object_kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[str] = mapped_column(String(40))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
