"""What the parts of a run's rows, and the cut-off that it begins with, are called on the screens."""

from dashapp.usecases.origins import Origin
from pipeline.spec import TrainSpec


def part_words(part: str, spec: TrainSpec) -> str:
    """`held out`, `out of time` where the rows were split by date, `validation`, `cross-validated`, `training`."""
    if part == "held_out":
        return "out of time" if spec.split == "date" else "held out"
    return part.replace("_", "-")


def before_rows(part: str, spec: TrainSpec) -> str:
    """`held-out`, `out-of-time`, `validation`: what stands before "rows"."""
    return part_words(part, spec).replace(" ", "-")


def rows_of(part: str, spec: TrainSpec) -> str:
    """`held-out rows`."""
    return f"{before_rows(part, spec)} rows"


def first_cutoff(origin: Origin) -> str:
    """What the cut-off of a run is until somebody saves one."""
    if origin.kind == "recalibrated":
        return f"the cut-off of '{origin.run_name}', moved with its probabilities"
    if origin.kind == "score":
        asked = origin.asked_cutoff is not None
        return "the one given with the score" if asked else "the one that refuses as many rows as went bad"
    return "the cut-off of the training options"
