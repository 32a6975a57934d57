"""Options that name columns, against the columns that there are."""

from collections.abc import Iterable

from pipeline.errors import InvalidSpec, quoted
from pipeline.frame import Category, Frame
from pipeline.spec import TrainSpec


def check_columns(frame: Frame, spec: TrainSpec, n_classes: int) -> None:
    """Raises InvalidSpec where an option names a column that is no feature, or is of the wrong kind for it."""
    problems: dict[str, str] = {}
    for option, names in _named(spec).items():
        absent = [name for name in names if name not in frame.columns]
        if absent:
            problems[option] = f"{quoted(absent)} is not among the features; add it there, or take it out here."
    ordered = dict(spec.orders)
    levels = {name for name in frame.columns if isinstance(frame.columns[name], Category) and name not in ordered}
    of_numbers = {"log_columns": spec.log_columns, "degree_columns": spec.degree_columns if spec.degree > 1 else ()}
    for option, names in of_numbers.items():
        wrong = [name for name in names if name in levels or (option == "log_columns" and name in ordered)]
        if wrong:
            problems.setdefault(option, f"{quoted(wrong)} is a category, and this is for numbers; take it out.")
    if spec.one_hot == "reference":
        wrong = [name for name, _ in spec.reference_levels if name in frame.columns and name not in levels]
        if wrong:
            said = f"{quoted(wrong)} enters as a number, which has no reference level; take it out, or read it as a category."
            problems.setdefault("reference_levels", said)
    if spec.missing_categories == "constant" and not spec.missing_level:
        problems["missing_level"] = "Name the level that stands in for a missing category."
    if spec.weight_of_evidence != "none" and n_classes != 2:
        problems["weight_of_evidence"] = (
            f"Weight of evidence compares goods with bads, and this outcome has {n_classes} classes; choose nowhere."
        )
    if problems:
        raise InvalidSpec(problems)


def _named(spec: TrainSpec) -> dict[str, Iterable[str]]:
    """The columns that each option names, where the option has an effect."""
    return {
        "log_columns": spec.log_columns,
        "degree_columns": spec.degree_columns if spec.degree > 1 else (),
        "interactions": dict.fromkeys(name for pair in spec.interactions for name in pair),
        "reference_levels": [name for name, _ in spec.reference_levels] if spec.one_hot == "reference" else (),
        "orders": [name for name, _ in spec.orders],
        "woe_columns": spec.woe_columns if spec.weight_of_evidence == "chosen" else (),
    }
