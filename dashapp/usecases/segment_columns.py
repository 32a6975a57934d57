"""What the rows of a run can be grouped by, and whether what was asked for is that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.findings import summaries
from dashapp.usecases.runs import RunView
from db import datasets

Groups = tuple[tuple[str, ...], ...]

MOST_CROSSED = 3
MOST_GROUPS = 12
MOST_SEARCHED = 30  # columns of one search: 435 pairs
USUAL_GROUPS = 4
_FEW_LEVELS = 12  # a column with no more values than that is shown first
_ROLES = ("segment", "feature", "date")


@dataclass(frozen=True)
class SegmentColumn:
    """A column that rows can be grouped by; `role` is segment, feature or date."""

    name: str
    kind: str
    role: str
    n_distinct: int | None


def columns(desk: Desk, view: RunView) -> tuple[SegmentColumn, ...]:
    """Columns to group by: those kept for it first, then inputs, then dates. None where the data set is not the user's to see."""
    if not view.sees_dataset:
        return ()
    with desk.db.read() as session:
        found = summaries(datasets.get(session, desk.user.id, view.dataset_id))
    may = [one for one in found if one.role in _ROLES and one.name != view.spec.target and one.n_missing < one.n_rows]
    may.sort(key=lambda one: _ROLES.index(one.role))
    return tuple(SegmentColumn(one.name, one.kind, one.role, one.n_distinct) for one in may)


def usual_groups(view: RunView, offered: Sequence[SegmentColumn]) -> Groups:
    """What the page opens with: the segment columns; else inputs of the run, those with few levels first."""
    kept = [one for one in offered if one.role == "segment"]
    if not kept:
        inputs = () if view.origin.column else view.spec.features  # of a score from elsewhere only the score itself
        used = [one for one in offered if (one.name in inputs or not inputs) and one.name != view.origin.column]
        kept = [one for one in used if one.n_distinct is not None and 2 <= one.n_distinct <= _FEW_LEVELS]
        kept += [one for one in used if one not in kept and one.kind in {"number", "category"}]
    return tuple((one.name,) for one in kept[:USUAL_GROUPS])


def usual_search(view: RunView, offered: Sequence[SegmentColumn]) -> tuple[str, ...]:
    """The columns that a search looks through unless told otherwise."""
    wanted = [one for one in offered if one.role == "segment" or one.kind in {"number", "category", "date"}]
    wanted = [one for one in wanted if one.name != view.origin.column]  # who has which score is no finding about the score
    return tuple(one.name for one in wanted[:MOST_SEARCHED])


def shape(by: Any) -> Groups:
    """Groups of names, whatever was sent. Raises Refused."""
    sound = isinstance(by, list | tuple) and all(
        isinstance(group, list | tuple) and group and all(isinstance(name, str) for name in group) for group in by
    )
    if not sound or not by:
        raise Refused("There is nothing to group by.", fix="Choose at least one column.")
    return tuple(dict.fromkeys(tuple(group) for group in by))


def checked(by: Any, known: set[str]) -> Groups:
    """Groups that can be made. Raises Refused."""
    groups = shape(by)
    if len(groups) > MOST_GROUPS:
        raise Refused(f"{len(groups)} groupings are too many to look at.", fix=f"Take {MOST_GROUPS} at most.")
    for group in groups:
        known_columns(group, known)
        if len(group) > MOST_CROSSED:
            raise Refused(f"{len(group)} columns are too many to cross.", fix=f"Cross {MOST_CROSSED} at most.")
        if len(set(group)) < len(group):
            raise Refused(f"'{group[0]}' cannot be crossed with itself.", fix="Choose different columns.")
    return groups


def known_columns(names: Sequence[str], known: set[str]) -> None:
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None:
        raise Refused(
            f"The rows cannot be grouped by '{unknown}'.",
            fix="Choose an input or segment column of the data set; its Columns tab says what each column is for.",
        )


def searched(names: Any) -> list[str]:
    """Columns to search. Raises Refused."""
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        raise Refused("There is no column to search.", fix="Choose at least one.")
    found = list(dict.fromkeys(names))
    if len(found) > MOST_SEARCHED:
        raise Refused(f"{len(found)} columns are too many to search at once.", fix=f"Choose {MOST_SEARCHED} at most.")
    return found
