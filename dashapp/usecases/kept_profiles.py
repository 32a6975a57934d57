"""The profiles that this process has read last, so that each click on a wide table does not read all of them again."""

import threading
from collections import OrderedDict
from datetime import datetime

from pipeline.profiling.results import Profile


class KeptProfiles:
    """One profile for each data set, the one used longest ago dropped first; bounded by the columns of all of them together.

    A profile is found under the time at which it was stored alone, so that one made anew is never mistaken for the one before.
    Threads share it: profiles do not change.
    """

    def __init__(self, *, most_columns: int) -> None:
        self._most_columns = most_columns
        self._kept: OrderedDict[str, tuple[datetime, Profile]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, dataset_id: str, created_at: datetime) -> Profile | None:
        with self._lock:
            found = self._kept.get(dataset_id)
            if found is None or found[0] != created_at:
                return None
            self._kept.move_to_end(dataset_id)
            return found[1]

    def put(self, dataset_id: str, created_at: datetime, profile: Profile) -> None:
        with self._lock:
            self._kept[dataset_id] = (created_at, profile)
            self._kept.move_to_end(dataset_id)
            while self._n_columns() > self._most_columns and self._kept:
                self._kept.popitem(last=False)

    def _n_columns(self) -> int:
        return sum(max(1, len(profile.columns)) for _, profile in self._kept.values())
