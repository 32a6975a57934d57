"""The kinds of terms: what a fitted model does to its columns. They hold every value that was learnt on the training rows.

The order of operations of a number, everywhere: special codes are taken out; ln(1 + value) for the columns that ask for it;
winsorising; filling of gaps; scaling; then powers and products of what is scaled. A category: special codes that mean missing
become gaps; gaps are filled; rare levels are grouped; then levels become columns. Weight of evidence takes the place of all of
that but the special codes.
"""

from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar

MISSING_LEVEL = "(missing)"
OTHER_LEVEL = "(other)"


@dataclass(frozen=True)
class _Term:
    """Writes itself as plain JSON values; a field that holds its default is left out, as it was before the field came up."""

    kind: ClassVar[str]
    always: ClassVar[frozenset[str]] = frozenset()  # fields with a default that are written all the same

    @property
    def column_levels(self) -> tuple[str | None, ...]:
        """What each of the term's columns is 1 for; null for a number."""
        return (None,)

    @property
    def width(self) -> int:
        return len(self.column_levels)

    def to_json(self) -> dict[str, Any]:
        plain: dict[str, Any] = {"kind": self.kind}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.default is MISSING or field.name in self.always or value != field.default:
                plain[field.name] = _plain(value)
        return plain


@dataclass(frozen=True)
class _OfOneColumn(_Term):
    """A term that reads a column of the table."""

    field: str

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.field,)


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


@dataclass(frozen=True)
class NumberTerm(_OfOneColumn):
    """(value - mean) / scale, with `fill` where the value is missing; and 1 or 0 for missing where `flag` is set.

    With `log` the value is ln(1 + value) before all else, and one of -1 or less counts as missing; `low` and `high` are what
    winsorising pulls in to. `fill`, `mean`, `scale`, `sd`, `low` and `high` are on the scale after the logarithm. With `order`
    the column is a category, and the value is the level's place in it from 0 on; any other level counts as missing.

    A special code is no number: it is filled too. One that means "level" has a column of its own, 1 where the value is the code.
    One that means "missing" is missing for the flag as well. One that is "unseen" was named but not met in training: no column.
    """

    kind: ClassVar[str] = "number"
    always: ClassVar[frozenset[str]] = frozenset({"flag", "sd"})

    fill: float
    mean: float
    scale: float
    flag: bool = False
    sd: float = 1.0  # of the training rows, after filling; for reporting
    codes: tuple[tuple[str, str], ...] = ()  # (code, "level", "missing" or "unseen")
    log: bool = False
    low: float | None = None
    high: float | None = None
    order: tuple[str, ...] = ()

    @property
    def code_levels(self) -> tuple[str, ...]:
        return tuple(code for code, meaning in self.codes if meaning == "level")

    @property
    def column_levels(self) -> tuple[str | None, ...]:
        return (None, *((MISSING_LEVEL,) if self.flag else ()), *self.code_levels)


@dataclass(frozen=True)
class CategoryTerm(_OfOneColumn):
    """One column for each of `levels`; the reference level is 0 in all of them. Without a reference every level has a column.

    `missing` is the level that a missing value counts as; where it is null (no training row lacked a value) a gap counts as a
    level that training never saw. `gaps` are the special codes that count as missing. `grouped` are the rare levels that count
    as `other`; so does a level that training never saw, or, where there is no `other`, as the reference.
    """

    kind: ClassVar[str] = "category"

    levels: tuple[str, ...]
    reference: str | None
    missing: str | None
    gaps: tuple[str, ...] = ()
    other: str | None = None
    grouped: tuple[str, ...] = ()

    @property
    def column_levels(self) -> tuple[str | None, ...]:
        return self.levels


_RAISED = {2: "²", 3: "³", 4: "⁴"}


@dataclass(frozen=True)
class PowerTerm(_Term):
    """The scaled number of a column, raised to `degree`; the column has a NumberTerm of its own before this one."""

    kind: ClassVar[str] = "power"

    source: str
    degree: int
    sd: float = 1.0  # of the training rows; for reporting

    @property
    def field(self) -> str:
        return f"{self.source}{_RAISED[self.degree]}"

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,)


@dataclass(frozen=True)
class ProductTerm(_Term):
    """Products of two columns, each of which has a term of its own before this one.

    Of two numbers (scaled, or as weight of evidence) one column and no `cells`; of a number and a category one for each level
    of the category; of two categories one for each pair of levels that a training row has. A cell names the level of the
    first and of the second column, null for a number's.
    """

    kind: ClassVar[str] = "product"

    sources: tuple[str, ...]  # two columns
    cells: tuple[tuple[str | None, str | None], ...] = ()
    sd: float = 1.0  # of the training rows, for two numbers; for reporting

    @property
    def field(self) -> str:
        return " × ".join(self.sources)

    @property
    def column_levels(self) -> tuple[str | None, ...]:
        return tuple(", ".join(level for level in cell if level is not None) for cell in self.cells) or (None,)


@dataclass(frozen=True)
class BinnedNumberTerm(_OfOneColumn):
    """Weight of evidence of a number: bin k holds edges[k - 1] <= value < edges[k]; codes and missing stand apart.

    `order` is that of an ordered category, whose levels are binned by their place. `goods` and `bads` count the training rows
    of each bin, then of each code that is a level, then of missing.
    """

    kind: ClassVar[str] = "binned_number"

    edges: tuple[float, ...]
    woe: tuple[float, ...]  # of each bin
    woe_codes: tuple[float, ...]  # of each code that is a level
    woe_missing: float
    goods: tuple[int, ...]
    bads: tuple[int, ...]
    codes: tuple[tuple[str, str], ...] = ()
    order: tuple[str, ...] = ()
    sd: float = 1.0

    @property
    def code_levels(self) -> tuple[str, ...]:
        return tuple(code for code, meaning in self.codes if meaning == "level")


@dataclass(frozen=True)
class BinnedCategoryTerm(_OfOneColumn):
    """Weight of evidence of a category's levels; `missing`, `gaps`, `other` and `grouped` as in CategoryTerm.

    A level that training never saw counts as `other`, or, where there is none, as weight of evidence 0: no evidence.
    """

    kind: ClassVar[str] = "binned_category"

    levels: tuple[str, ...]
    woe: tuple[float, ...]
    missing: str | None
    goods: tuple[int, ...]
    bads: tuple[int, ...]
    gaps: tuple[str, ...] = ()
    other: str | None = None
    grouped: tuple[str, ...] = ()
    sd: float = 1.0


BaseTerm = NumberTerm | CategoryTerm | BinnedNumberTerm | BinnedCategoryTerm
Term = BaseTerm | PowerTerm | ProductTerm


def width_of(terms: tuple[Term, ...]) -> int:
    return 1 + sum(term.width for term in terms)


def reads_levels(term: Term) -> bool:
    """Whether the term takes its column as a category."""
    return isinstance(term, CategoryTerm | BinnedCategoryTerm) or bool(getattr(term, "order", ()))
