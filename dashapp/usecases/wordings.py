"""How a run's reasons are told: its words, and what they read like."""

from collections.abc import Iterable, Mapping
from typing import Any

from dashapp.usecases import runs as run_cases
from dashapp.usecases.backgrounds import OpenedRun, opened
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound
from db import audit, runs
from pipeline.explain_results import Change, Changed, PrincipalReason, Value
from pipeline.explaining.change_words import change_words
from pipeline.explaining.steps import on_step
from pipeline.explaining.wording import DOWN, UP, ReasonWords, Wording, reason_words


def save(desk: Desk, run_id: str, given: Mapping[str, Any]) -> None:
    """Keeps the words of a form with the run; fields that are not named keep theirs.

    Raises InvalidSpec with a sentence for each field whose words cannot be used, NotFound for a run that is not the user's own,
    and Conflict for one that was proposed or approved with its words.
    """
    view = run_cases.get(desk, run_id)
    if not view.mine:
        raise NotFound("run")
    if not isinstance(given, Mapping):
        raise InvalidSpec.one("wording", "The words cannot be read; load the page again.")
    run = opened(desk, run_id)
    named = Wording.parse(given, run.background.fields, run.beside)
    with desk.db.write() as session:
        kept = Wording.from_json(runs.owned(session, desk.user.id, run_id).wording).fields  # as another window has left it
        wording = Wording({**{name: words for name, words in kept.items() if name not in given}, **named.fields})
        runs.set_wording(session, owner_id=desk.user.id, run_id=run_id, wording=wording.to_json())
        audit.record(
            session,
            user_id=desk.user.id,
            action="worded",
            object_kind="run",
            object_id=run_id,
            fields=sorted(wording.fields),
        )


def examples(run: OpenedRun, name: str, wording: Wording) -> list[ReasonWords]:
    """What a field's reasons read like: of a number the one for much and for little, of a category that for each usual level."""
    info, typical = run.background.field(name), run.typical.get(name)
    fields = {one.name: one for one in run.background.fields}
    values: list[Any]
    if info.kind == "number":
        # Where nobody just passes nothing is called high or low, and the two read alike.
        values = [info.quantiles[18], info.quantiles[2]] if info.quantiles else []
        values = [value for value in dict.fromkeys(values) if value != typical]
    else:
        values = [level for level, _ in sorted(info.levels, key=lambda level: -level[1])[:3]]
    return [reason_words(PrincipalReason(1, name, (name,), value, 1.0, typical), fields, wording) for value in values]


def change_examples(run: OpenedRun, name: str, wording: Wording) -> list[str]:
    """What changes of a field read like, on the side that it can go to; nothing for one that does not change."""
    info, words = run.background.field(name), wording.of(name)
    if not words.changeable or info.usual is None:
        return []
    afters: Iterable[Value]
    if info.kind == "number":
        sides = {UP: [17], DOWN: [3]}.get(words.direction, [3, 17])  # of twenty parts of the training rows
        afters = [on_step(info, words, info.quantiles[side]) for side in sides]
    else:
        afters = [level for level, _ in info.levels if not words.reachable or level in words.reachable]
        afters = [level for level in afters if level != info.usual][:3]
    changes = [Change((Changed(name, info.usual, after),), 0.0, True, 0.0) for after in dict.fromkeys(afters)]
    return [change_words(change, wording) for change in changes]
