"""What the user chose for an upload, and what a look at all of its rows found: plain values, JSON in and out."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from db.tables import Dataset
from pipeline.profiling.results import Profile
from pipeline.reading.findings import Repair
from pipeline.reading.recipe import Recipe
from pipeline.results import ColumnSummary

BY_HAND = "Chosen by hand."  # the reason of a role that nobody suggested
_PAIRS = ("levels", "codes")
_TEXTS = ("unread", "against")


@dataclass(frozen=True)
class Choices:
    """What holds when the upload is saved; `roles` and `codes` are those that differ from what was found."""

    name: str = ""
    target: str | None = None
    bad_label: str | None = None
    roles: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)  # column -> code -> "level" or "missing"
    replaces: str | None = None  # the data set that this is a new version of
    outcome_chosen: bool = False  # by the user; else the likely one
    wanted: tuple[str | None, str | None] | None = None  # that choice, kept while a recipe reads the file without the column
    provisional: bool = False  # the detected recipe is that of the file's beginning
    repairs_off: tuple[Repair, ...] = ()  # switched off by the user
    sheets: tuple[str, ...] = ()  # of a workbook, to choose from

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "repairs_off": [repair.to_json() for repair in self.repairs_off], "sheets": list(self.sheets)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        wanted = stored.get("wanted")
        repairs_off = tuple(map(Repair.from_json, stored.get("repairs_off", ())))
        plain = {"wanted": (wanted[0], wanted[1]) if wanted else None, "sheets": tuple(stored.get("sheets", ()))}
        return cls(**{**stored, **plain, "repairs_off": repairs_off})


@dataclass(frozen=True)
class Findings:
    """A look at all rows. The columns have the roles that are suggested, and the special codes that the profile knows."""

    n_rows: int
    columns: tuple[ColumnSummary, ...]
    repairs: tuple[Repair, ...]
    recipe: Recipe
    profile: Profile | None
    differences: tuple[str, ...] = ()  # from the data set that is replaced

    def column(self, name: str) -> ColumnSummary | None:
        return next((column for column in self.columns if column.name == name), None)

    def to_json(self) -> dict[str, Any]:
        return {
            "n_rows": self.n_rows,
            "columns": [asdict(column) for column in self.columns],
            "repairs": [repair.to_json() for repair in self.repairs],
            "recipe": self.recipe.to_json(),
            "profile": None if self.profile is None else self.profile.to_json(),
            "differences": list(self.differences),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(
            n_rows=stored["n_rows"],
            columns=tuple(map(column_from_json, stored["columns"])),
            repairs=tuple(map(Repair.from_json, stored["repairs"])),
            recipe=Recipe.from_json(stored["recipe"]),
            profile=None if stored["profile"] is None else Profile.from_json(stored["profile"]),
            differences=tuple(stored["differences"]),
        )


def summaries(dataset: Dataset) -> tuple[ColumnSummary, ...]:
    return tuple(map(column_from_json, dataset.columns))


def column_from_json(stored: Mapping[str, Any]) -> ColumnSummary:
    """The summary as it was stored, also by a version that knew fewer of its fields."""
    values = dict(stored)
    for name in _PAIRS:
        values[name] = tuple((first, second) for first, second in stored.get(name, ()))
    for name in _TEXTS:
        values[name] = tuple(stored.get(name, ()))
    return ColumnSummary(**values)


def codes_of(columns: Iterable[ColumnSummary]) -> dict[str, list[list[str]]]:
    """The special codes of those columns that have some, as they are stored."""
    return {column.name: [list(code) for code in column.codes] for column in columns if column.codes}
