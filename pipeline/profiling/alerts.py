from collections.abc import Sequence

from pipeline.profiling.results import Alert, Profile
from pipeline.results import ColumnSummary


def alerts_of(profile: Profile, columns: Sequence[ColumnSummary]) -> tuple[Alert, ...]:
    return ()
