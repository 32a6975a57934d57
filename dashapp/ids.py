"""Component ids as attributes, so that a typo raises at import."""

from typing import Any


class Ids:
    """The ids of one tab: `Ids("runs", "table")` has `ids.table == "runs-table"`, and nothing else."""

    def __init__(self, prefix: str, *names: str) -> None:
        self._prefix = prefix
        self._names = {name: f"{prefix}-{name.replace('_', '-')}" for name in names}

    def __getattr__(self, name: str) -> str:
        try:
            return self._names[name]
        except KeyError:
            raise AttributeError(f"The tab '{self._prefix}' declares no id '{name}'.") from None

    def __iter__(self) -> Any:
        return iter(self._names.values())


shell = Ids(
    "shell",
    "location",
    "address",
    "page",
    "title",
    "navigation",
    "breadcrumb",
    "job_ring",
    "jobs_tick",
    "again",
    "avatar",
    "account",
    "search",
    "search_results",
    "help",
    "help_body",
    "help_open",
    "theme",
    "theme_toggle",
)
NOTICES = "notices"
