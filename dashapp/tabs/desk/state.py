"""What the page of an applicant is about: a row named in its address, or values that stand in the browser alone."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

from dashapp.usecases.applicants import NAME_LENGTH, Asked

_MOST_FIELDS, _LONGEST = 2_000, 1_000


@dataclass(frozen=True)
class State:
    """`asked` is None while nobody is; `editing` shows the form, filled with the applicant's values.

    `place` is the address's own part that names the row. `form` has texts of a form that was not sent, which the browser kept
    (assets/38-desk.js); `again` says that it kept what is shown.
    """

    asked: Asked | None
    editing: bool = False
    place: str = ""
    form: Asked | None = None
    again: bool = False

    @classmethod
    def of(cls, search: Any, typed: Any, who: str) -> "State":
        """What a hand-made address or body makes no sense of is left out, and what was kept of somebody else than `who`."""
        place = search if isinstance(search, str) else ""
        asked = _row(place)
        kept = typed if isinstance(typed, dict) and (typed.get("place"), typed.get("who")) == (place, who) else {}
        return cls(
            _asked(kept) or asked,
            editing=kept.get("editing") is True,
            place=place,
            form=_asked(kept.get("form")),
            again=kept.get("again") is True,
        )

    def typed(self, who: str, *, editing: bool = False) -> dict[str, Any]:
        """What the page keeps of it."""
        asked = self.asked if self.asked is not None and self.asked.given is not None else Asked()
        given = dict(asked.given) if asked.given is not None else None
        return {"place": self.place, "who": who, "given": given, "name": asked.name, "editing": editing}


def query(dataset_id: str, row: int) -> str:
    """The address of a row, counted from 1 as people do."""
    return "?" + urlencode({"data": dataset_id, "row": row + 1})


def _asked(raw: Any) -> Asked | None:
    """The texts of a form, by field, and the name in it; None for what is none."""
    texts = raw.get("given") if isinstance(raw, dict) else None
    if not isinstance(texts, dict) or len(texts) > _MOST_FIELDS:
        return None
    given = {str(name): str(text)[:_LONGEST] for name, text in texts.items() if isinstance(text, str | int | float)}
    return Asked(given=given, name=str(raw.get("name") or "")[:NAME_LENGTH])


def _row(search: str) -> Asked | None:
    given = {name: values[-1] for name, values in parse_qs(search.lstrip("?")).items()}
    row = given.get("row", "")
    if not (row.isascii() and row.isdigit() and 0 < int(row[:18]) <= 10**12):
        return None
    return Asked(dataset_id=given.get("data"), row=int(row) - 1)
