"""The runs of a comparison in its address: `/compare?runs=a,b,c`, the champion first."""

from collections.abc import Sequence
from urllib.parse import parse_qs

_LONGEST = 64  # characters of an id


def run_ids(search: str | None) -> tuple[str, ...]:
    """The ids in the order of the address, each once."""
    named = parse_qs((search or "").lstrip("?")).get("runs", [""])[-1]
    found = (part.strip() for part in named.split(","))
    return tuple(dict.fromkeys(part for part in found if part.isalnum() and len(part) <= _LONGEST))


def address(ids: Sequence[str]) -> str:
    return f"/compare?runs={','.join(ids)}" if ids else "/compare"


def without(ids: Sequence[str], run_id: str) -> str:
    return address([one for one in ids if one != run_id])


def led_by(ids: Sequence[str], run_id: str) -> str:
    """The same runs with another champion."""
    return address([run_id, *(one for one in ids if one != run_id)])
