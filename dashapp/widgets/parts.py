"""What the parts of a run's rows are called on the screens."""

from pipeline.spec import TrainSpec


def part_words(part: str, spec: TrainSpec) -> str:
    """`held out`, `out of time` where the rows were split by date, `validation`, `cross-validated`, `training`."""
    if part == "held_out":
        return "out of time" if spec.split == "date" else "held out"
    return part.replace("_", "-")


def rows_of(part: str, spec: TrainSpec) -> str:
    """`held-out rows`."""
    return f"{part_words(part, spec).replace(' ', '-')} rows"


def capital(text: str) -> str:
    """The same at the start of a sentence."""
    return text[:1].upper() + text[1:]
