"""The results of studies that this process has read last: taking a path apart costs half a second, and it never changes."""

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashapp.usecases.studies import Result


class KeptResults:
    """Results of ended studies, the one used longest ago dropped first; bounded by the length of all of them as they are stored.

    Whoever asks has been let see the study first. One that is longer than the bound is not kept. Threads share it: results do
    not change.
    """

    def __init__(self, *, most_characters: int) -> None:
        self._most_characters = most_characters
        self._kept: OrderedDict[str, tuple[int, Result]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, study_id: str) -> "Result | None":
        with self._lock:
            found = self._kept.get(study_id)
            if found is None:
                return None
            self._kept.move_to_end(study_id)
            return found[1]

    def put(self, study_id: str, n_characters: int, result: "Result") -> None:
        with self._lock:
            self._kept[study_id] = (n_characters, result)
            self._kept.move_to_end(study_id)
            while sum(length for length, _ in self._kept.values()) > self._most_characters:
                self._kept.popitem(last=False)
