"""Tables for a terminal."""

from collections.abc import Sequence


def aligned(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows of cells under each other: the first column to the left, the others to the right."""
    first, *others = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = ([row[0].ljust(first), *map(str.rjust, row[1:], others)] for row in rows)
    return "\n".join("  ".join(line).rstrip() for line in lines)


def counted(number: int | None) -> str:
    """A count; null where there are more than are counted."""
    return "many" if number is None else f"{number:,}"
