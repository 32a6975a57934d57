"""What the Tune page keeps of what it shows, in `ids.study`; it comes back from the browser, so it may be anything.

`id` of the path or None; `changes` to the run's options; `why` there is no path: "none" (no penalty), "wrong" or "refused", with
its `sentence`; `fresh` where the page was filled anew; `afresh` as the key had it then.
"""

from typing import Any
from urllib.parse import parse_qs

from dash import no_update

from dashapp.auth import desk
from dashapp.usecases import tuning
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.usecases.runs import RunView
from dashapp.usecases.studies import StudyView
from dashapp.widgets.basics import notice


def handed_of(view: RunView, key: dict[str, Any], before: Any, search: Any) -> dict[str, Any]:
    """The path that was shown before the page was filled anew, else that of the address, else that of the run's own options."""
    afresh, same = key.get("afresh"), part(before, "afresh") == key.get("afresh")
    wanted: Any = None
    if same and isinstance(before, dict):
        if before.get("id") is None and isinstance(before.get("changes"), dict):
            return {**started(view, before["changes"], anew=False)["study"], "fresh": True, "afresh": afresh}
        wanted = before.get("id")
    elif not afresh and isinstance(search, str):
        wanted = parse_qs(search.lstrip("?")).get("study", [None])[0]
    if isinstance(wanted, str):
        try:
            study = tuning.get(desk(), view.id, wanted)
        except NotFound:
            pass  # a link to a path that is gone leads to the run's own
        else:
            plain = study.spec.to_json()
            changes = {name: plain[name] for name in tuning.CHANGEABLE}
            return {"id": study.card.id, "changes": changes, "why": "", "fresh": True, "afresh": afresh}
    return {**started(view, tuning.options_of(view), anew=False)["study"], "fresh": True, "afresh": afresh}


def started(view: RunView, changes: dict[str, Any], *, anew: bool) -> dict[str, Any]:
    """What the page keeps of the path of these options, and what is wrong with them; `anew` where somebody asked for it."""
    kept = {"id": None, "changes": changes, "why": "", "afresh": None}
    try:
        return {"study": {**kept, "id": tuning.start(desk(), view.id, changes, anew=anew)}, "problem": ""}
    except InvalidSpec as error:
        if error.problems.get("penalty") == tuning.NO_PENALTY:
            return {"study": {**kept, "why": "none"}, "problem": ""}
        return {
            "study": {**kept, "why": "wrong", "sentence": str(error)},
            "problem": notice("danger", "Not computed", str(error)),
        }
    except Refused as error:
        sentence = str(error)
        return {"study": {**kept, "why": "refused", "sentence": sentence}, "problem": notice("info", error.message, error.fix)}


def study_of(view: RunView, handed: Any) -> StudyView | None:
    wanted = part(handed, "id")
    return tuning.get(desk(), view.id, wanted) if isinstance(wanted, str) else None


def part(handed: Any, name: str) -> Any:
    return handed.get(name) if isinstance(handed, dict) else None


def sentence_of(handed: Any) -> str:
    found = part(handed, "sentence")
    return found if isinstance(found, str) else ""


def changes_of(view: RunView, handed: Any) -> dict[str, Any]:
    """The options that the page stands at; the run's own where what it sent is none."""
    found = part(handed, "changes")
    own = tuning.options_of(view)
    return {**own, **{name: found[name] for name in own if name in found}} if isinstance(found, dict) else own


def replaced(view: RunView, changes: dict[str, Any], handed: Any) -> dict[str, Any]:
    """Another path in place of the one that is shown; with options that are wrong, the one that is shown stays."""
    found = started(view, changes, anew=True)
    if found["study"]["why"] in {"wrong", "refused"}:
        return {"study": no_update, "problem": found["problem"]}
    return {**found, "study": {**found["study"], "afresh": part(handed, "afresh")}}
