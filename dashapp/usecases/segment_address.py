"""What the address of a run's Segments tab says: the groups, the cut-off, the references, and what is shown beside them.

A group is `by=home*purpose`, a reference `reference=home*purpose=OWN*medical`; `%`, `*` and `=` within a name are written as
in an address, once more than the address itself does.
"""

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from dashapp.usecases.segments import MEASURES

Group = tuple[str, ...]

BESIDE = (
    "false_negative_rate",
    "false_positive_rate",
    "bad_rate_of_approved",
    "precision",
    "auc",
    "observed_expected",
    "mean_score",
)
LOOKED_FOR = MEASURES  # of the search
_LONGEST = 8_000


@dataclass(frozen=True)
class Address:
    """`by` is None where the address names no group; `cutoff` where it names none that can be one.

    `study` is a table or a search that a link of a job names; the address that the page writes says what it shows instead.
    """

    by: tuple[Group, ...] | None = None
    cutoff: float | None = None
    references: dict[Group, Group] = field(default_factory=dict)
    beside: str = BESIDE[0]
    looked_for: str = LOOKED_FOR[0]
    study: str | None = None

    def query(self, **changes: Any) -> str:
        """The part of the address after its path, with some parts changed."""
        changed = replace(self, **changes)
        pairs = [("by", group_text(group)) for group in changed.by or ()]
        if changed.by == ():
            pairs.append(("by", ""))
        if changed.cutoff is not None:
            pairs.append(("cutoff", f"{changed.cutoff:.10g}"))
        pairs += [("reference", place_text(by, levels)) for by, levels in changed.references.items()]
        usual = Address()
        pairs += [
            (name, getattr(changed, name)) for name in ("beside", "looked_for") if getattr(changed, name) != getattr(usual, name)
        ]
        return "?" + urlencode(pairs) if pairs else ""

    @classmethod
    def parse(cls, search: Any) -> "Address":
        """What a hand-made address may say is none of these; then it counts as not said."""
        pairs = parse_qsl(search[:_LONGEST].lstrip("?"), keep_blank_values=True) if isinstance(search, str) else []
        named = dict(pairs)
        groups = tuple(dict.fromkeys(group_of(value) for name, value in pairs if name == "by" and value))
        return cls(
            by=groups if "by" in named else None,
            cutoff=_cutoff(named.get("cutoff")),
            references=dict(place for name, value in pairs if name == "reference" and (place := place_of(value)) is not None),
            beside=named["beside"] if named.get("beside") in BESIDE else BESIDE[0],
            study=named.get("study") or named.get("search"),
            looked_for=named["looked_for"] if named.get("looked_for") in LOOKED_FOR else LOOKED_FOR[0],
        )


def group_text(group: Group) -> str:
    return "*".join(name.replace("%", "%25").replace("*", "%2A").replace("=", "%3D") for name in group)


def group_of(text: str) -> Group:
    return tuple(unquote(part) for part in text.split("*"))


def place_text(by: Group, levels: Group) -> str:
    """A segment: its columns and its levels."""
    return f"{group_text(by)}={group_text(levels)}"


def place_of(text: Any) -> tuple[Group, Group] | None:
    """The segment that `place_text` wrote, or None."""
    by, found, levels = text.partition("=") if isinstance(text, str) else ("", "", "")
    place = group_of(by), group_of(levels)
    return place if found and len(place[0]) == len(place[1]) else None


def _cutoff(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
