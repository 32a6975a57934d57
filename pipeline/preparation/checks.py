"""Options that name columns, against the columns that there are: for fits whose options were changed after the first check."""

from pipeline.errors import InvalidSpec, quoted
from pipeline.frame import Category, Frame
from pipeline.spec import TrainSpec
from pipeline.spec_conflicts import NAMING, columns_named


def check_columns(frame: Frame, spec: TrainSpec, n_classes: int) -> None:
    """Raises InvalidSpec where an option names a column that is no feature, or is of the wrong kind for it."""
    problems: dict[str, str] = {}
    for option in NAMING:
        absent = [name for name in columns_named(spec, option) if name not in frame.columns]
        if absent:
            problems[option] = f"{quoted(absent)} is not among the features; add it there, or take it out here."
    ordered = dict(spec.orders)
    levels = {name for name in frame.columns if isinstance(frame.columns[name], Category) and name not in ordered}
    for option in ("log_columns", "degree_columns"):
        wrong = [name for name in columns_named(spec, option) if name in levels or (option == "log_columns" and name in ordered)]
        if wrong:
            problems.setdefault(option, f"{quoted(wrong)} is a category, and this is for numbers; take it out.")
    wrong = [name for name in columns_named(spec, "reference_levels") if name in frame.columns and name not in levels]
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
