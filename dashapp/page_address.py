"""The one way in which callbacks write what follows `?` in the address of their page.

The frame is there on every page: whoever wrote into `shell.location` itself would, with an answer that comes late, write into the
address of the page that the user has gone to meanwhile. `assets/20-shell.js` writes what is said here while its page is open.
"""

from collections.abc import Sequence
from typing import Any


def moved_to(path: str, search: str, *, before: Any = None, same: Sequence[str] = ()) -> dict[str, Any]:
    """For `Output(shell.address, "data", allow_duplicate=True)`: the page at `path` is to have `search`, "" or with its `?`.

    Where `before` is given, which is what the callback was asked with, only what differs from it is written, so that what was
    chosen meanwhile stays. `same` names parts that say what the page is about: with another one of them nothing is written.
    """
    return {"path": path, "search": search, "before": before if isinstance(before, str) else None, "same": list(same)}
