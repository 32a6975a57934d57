"""What the address of the page asks for: which field, sorted by what, of which class, and odds ratios per what."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from pipeline.effect_results import MEASURES, Effects, FieldEffect
from pipeline.explaining.wording import Wording

SD, OWN = "sd", "own"
_NO_WORDS = Wording()


@dataclass(frozen=True)
class Asked:
    """`at` is the place of the class in `Effects.shown`; `usual` what the page shows unless the address asks for something.

    `wording` says what the run's fields are called.
    """

    effects: Effects
    field: str
    by: str
    at: int
    per: str
    usual: tuple[str, str, int, str] | None = None
    wording: Wording = _NO_WORDS

    @classmethod
    def parse(cls, search: Any, effects: Effects, wording: Wording = _NO_WORDS) -> "Asked":
        """What cannot be is as usual."""
        given = {name: values[-1] for name, values in parse_qs(search.lstrip("?")).items()} if isinstance(search, str) else {}
        by = "permutation" if effects.baseline is not None else "sd"
        at = 0 if len(effects.shown) == 1 or effects.link == "one_vs_rest" else 1
        plain = cls(effects, "", by, at, SD, wording=wording)
        chosen_at = effects.shown.index(given["class"]) if given.get("class") in effects.shown else at
        chosen = replace(plain, by=given["by"] if given.get("by") in MEASURES else by, at=chosen_at)
        first = next((found.name for found in plain.ranked() if found.curve is not None), "")
        names = {found.name for found in effects.single}
        return replace(
            chosen,
            field=given["field"] if given.get("field") in names else first,
            per=OWN if given.get("per") == OWN else SD,
            usual=(first, by, at, SD),
        )

    def label(self, found: FieldEffect) -> str:
        """What a field, or a product, is called on the page."""
        return " × ".join(self.wording.label(name) for name in found.sources)

    def unit(self, found: FieldEffect) -> str:
        return self.wording.of(found.name).unit

    @property
    def row(self) -> int | None:
        """The place of the class among the rows of log-odds that are told; None for the one that the others are told against."""
        moved, label = self.effects.moved, self.effects.shown[self.at]
        return moved.index(label) if label in moved else None

    def importance(self, found: FieldEffect, by: str = "") -> float | None:
        """By a measure, the one that is sorted by unless one is named."""
        measure = by or self.by
        if measure == "permutation":
            return found.drop
        if self.row is None:
            return None
        return found.sd[self.row] if measure == "sd" else found.share[self.row]

    def ranked(self) -> list[FieldEffect]:
        """All fields and products, the most important first; those without the measure last, by their spread."""

        def key(found: FieldEffect) -> tuple[bool, float, float]:
            value = self.importance(found)
            return value is None, -(value or 0.0), -(found.sd[self.row] if self.row is not None else max(found.sd))

        return sorted(self.effects.fields, key=key)

    def query(self, **changes: Any) -> str:
        """The address, with something else chosen."""
        there = replace(self, **changes)
        values: Mapping[str, Any] = {"field": there.field, "by": there.by, "class": there.at, "per": there.per}
        usual = dict(zip(values, self.usual or (), strict=False))
        asked = {name: value for name, value in values.items() if value != usual.get(name)}
        if "class" in asked:
            asked["class"] = self.effects.shown[there.at]
        return "?" + urlencode(asked) if asked else ""

    def state(self) -> list[Any]:
        """What the page shows, to be compared."""
        return [self.field, self.by, self.at, self.per]
