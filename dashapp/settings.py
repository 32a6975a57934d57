"""Every setting and its environment variable, once, with the help text that `python -m dashapp settings` prints."""

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class SettingsError(Exception):
    """A setting is missing or makes no sense; the message says which variable to set to what."""


def setting(default: Any, variable: str, help: str) -> Any:  # noqa: A002
    return dataclasses.field(default=default, metadata={"variable": variable, "help": help})


@dataclass(frozen=True)
class Settings:
    """How this installation runs. Built once, by `from_env`, and handed down; nothing else reads the environment."""

    database_url: str = setting(
        "sqlite:///scoredesk.sqlite",
        "SCOREDESK_DATABASE_URL",
        "Where everything is kept: sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME.",
    )
    secret: str = setting(
        "",
        "SCOREDESK_SECRET",
        "Signs cookies: 32 random characters or more, the same on every server of the installation.",
    )
    demo: bool = setting(False, "SCOREDESK_DEMO", "1 for a demonstration on loopback: example data and three demo people.")
    host: str = setting("127.0.0.1", "SCOREDESK_HOST", "Address to listen on.")
    port: int = setting(8050, "SCOREDESK_PORT", "Port to listen on.")
    public_url: str = setting(
        "",
        "SCOREDESK_PUBLIC_URL",
        "What people type to get here, such as https://scores.example.com; it stands in sign-in links. Empty: host and port.",
    )
    web_workers: int = setting(2, "SCOREDESK_WEB_WORKERS", "Processes that answer pages.")
    web_threads: int = setting(8, "SCOREDESK_WEB_THREADS", "Threads in each of them.")
    https: bool = setting(
        True,
        "SCOREDESK_HTTPS",
        "0 where the pages are not reached by https: cookies are then sent over plain http too.",
    )
    trusted_proxies: int = setting(
        0, "SCOREDESK_TRUSTED_PROXIES", "How many reverse proxies stand in front and set X-Forwarded-For and -Proto."
    )
    upload_limit_mb: int = setting(2048, "SCOREDESK_UPLOAD_LIMIT_MB", "Largest file that may be uploaded, in megabytes.")
    unpacked_limit_mb: int = setting(
        16_000, "SCOREDESK_UNPACKED_LIMIT_MB", "Most that a gzip, zip, Parquet file or workbook may unpack to, in megabytes."
    )
    read_minutes: float = setting(
        30.0, "SCOREDESK_READ_MINUTES", "Minutes after which reading, saving, profiling or comparing a table is ended."
    )
    session_hours: int = setting(12, "SCOREDESK_SESSION_HOURS", "Hours without a click after which one has to sign in again.")
    dask_scheduler: str = setting(
        "", "SCOREDESK_DASK_SCHEDULER", "Address of a Dask cluster, such as tcp://HOST:8786; empty: local processes."
    )
    job_workers: int = setting(2, "SCOREDESK_JOB_WORKERS", "Local processes that train models.")
    job_memory_mb: int = setting(2048, "SCOREDESK_JOB_MEMORY_MB", "Memory of each; one that outgrows it is started anew.")
    lease_seconds: float = setting(
        30.0, "SCOREDESK_LEASE_SECONDS", "How long a job waits for a sign of life before it is given to another worker."
    )

    @property
    def url(self) -> str:
        """Where people reach the pages, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of the environment. Raises SettingsError with the variable's name."""
        values: dict[str, Any] = {}
        for field in dataclasses.fields(cls):
            raw = environ.get(field.metadata["variable"])
            if raw is not None:
                values[field.name] = _read(field, raw)
        return cls(**values)

    def check(self) -> None:
        """Raises SettingsError where the pages must not be served with these settings."""
        if len(self.secret.encode()) < 32:
            raise SettingsError(
                "SCOREDESK_SECRET must hold 32 characters or more; "
                'make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'
            )
        for name, low in {
            "web_workers": 1,
            "web_threads": 1,
            "session_hours": 1,
            "upload_limit_mb": 1,
            "unpacked_limit_mb": 1,
            "read_minutes": 1,
            "trusted_proxies": 0,
        }.items():
            if getattr(self, name) < low:
                variable = type(self).__dataclass_fields__[name].metadata["variable"]
                raise SettingsError(f"{variable} is {getattr(self, name)}; set it to {low} or more.")
        if self.demo and self.host not in {"127.0.0.1", "::1", "localhost"}:
            raise SettingsError("The demonstration listens on loopback only; set SCOREDESK_HOST to 127.0.0.1.")


def _read(field: "dataclasses.Field[Any]", raw: str) -> Any:
    kind: Any = type(field.default)
    variable = field.metadata["variable"]
    if kind is bool:
        if raw not in {"0", "1"}:
            raise SettingsError(f"{variable} is '{raw}'; set it to 1 or 0.")
        return raw == "1"
    try:
        return kind(raw)
    except ValueError:
        raise SettingsError(f"{variable} is '{raw}'; set it to a number.") from None
