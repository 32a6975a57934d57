"""What the address of the Explain tab says: which rows are looked through, which applicant is open, and how they are explained.

The filter is as `dashapp.usecases.filters` writes it; rows and pages count from 1; `set=field:value` are changed values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from dashapp.page_address import moved_to
from dashapp.usecases.filters import Filter
from pipeline.explain_results import AVERAGE
from pipeline.given import number
from pipeline.shown import shown

_LONGEST, _LONGEST_NAME = 8_000, 500
_MOST_CHANGED = 200


@dataclass(frozen=True)
class Lime:
    """How LIME is asked: texts as they were typed, "" for what is usual."""

    seed: str = ""
    samples: str = ""
    width: str = ""


@dataclass(frozen=True)
class Address:
    """`row` is None on the list. `problems` are sentences about what the address says and cannot be used."""

    wanted: Filter = field(default_factory=Filter)
    page: int = 1
    row: int | None = None  # from 0, as elsewhere in the code
    reference: str = AVERAGE  # of explaining.references_for
    about: str = ""  # the row of a chosen applicant from 1, or "column: level"
    label: str | None = None
    given: tuple[tuple[str, str], ...] = ()  # (field, value as typed, "" for missing)
    changeable: tuple[str, ...] | None = None
    lime: Lime = field(default_factory=Lime)
    study: str | None = None  # a table of reasons
    problems: dict[str, str] = field(default_factory=dict)

    def query(self, **changes: Any) -> str:
        """The part of the address after its path, with some parts changed."""
        one = replace(self, **changes)
        pairs = one.wanted.pairs()
        if one.page > 1:
            pairs.append(("page", str(one.page)))
        if one.study is not None:
            pairs.append(("study", one.study))
        if one.row is not None:
            pairs += [("row", str(one.row + 1)), *one._of_row()]
        return "?" + urlencode(pairs) if pairs else ""

    def _of_row(self) -> list[tuple[str, str]]:
        """What an open applicant adds; it goes on to the next one, but for the values that were changed."""
        pairs = [("reference", self.reference)] if self.reference != AVERAGE else []
        pairs += [(name, value) for name, value in (("about", self.about), ("class", self.label or "")) if value]
        pairs += [("set", f"{quote(name, safe='')}:{value}") for name, value in self.given]
        if self.changeable is not None:
            pairs += [("change", name) for name in self.changeable or ("",)]
        lime = (("seed_lime", self.lime.seed), ("samples", self.lime.samples), ("width", self.lime.width))
        return pairs + [(name, value) for name, value in lime if value]

    def of(self, row: int | None) -> str:
        """The address of another applicant of the same list, explained the same way; None for the list."""
        return self.query(row=row, given=())

    def put(self, key: Mapping[str, str], before: Any) -> dict[str, Any]:
        """For `shell.address`: the page of the run of this key, which was asked with `before`, is to have this address.

        Where another applicant has been opened meanwhile, or the list, it stays as it is.
        """
        return moved_to(f"/runs/{key['run_id']}/explain", self.query(), before=before, same=("row",))

    @classmethod
    def parse(cls, search: Any) -> "Address":
        """What a hand-made address may say is none of these; then `problems` says so, and the usual holds for that part."""
        pairs = parse_qsl(search[:_LONGEST].lstrip("?"), keep_blank_values=True) if isinstance(search, str) else []
        named = dict(pairs)
        wanted, problems = Filter.sound(search)
        row = _whole(named.get("row"), "row", problems)
        marked = [value for name, value in pairs if name == "change"]
        given = [value.partition(":") for name, value in pairs if name == "set"][:_MOST_CHANGED]
        return cls(
            wanted=wanted,
            page=_whole(named.get("page"), "page", problems) or 1,
            row=row - 1 if row is not None else None,
            reference=named.get("reference", AVERAGE)[:_LONGEST_NAME],
            about=named.get("about", "")[:_LONGEST_NAME],
            label=named.get("class") or None,
            given=tuple({unquote(name): value for name, _, value in given}.items()),
            changeable=tuple(dict.fromkeys(name for name in marked if name)) if marked else None,
            lime=Lime(*(named.get(name, "")[:20] for name in ("seed_lime", "samples", "width"))),
            study=named.get("study", "")[:40] or None,
            problems=problems,
        )


def _whole(text: str | None, name: str, problems: dict[str, str]) -> int | None:
    if text is None:
        return None
    value = number(text)
    if value is None or value != int(value) or not 1 <= value <= 2**53:
        problems[name] = f"{shown(text)} is no {name}; give a whole number from 1 on."
        return None
    return int(value)
