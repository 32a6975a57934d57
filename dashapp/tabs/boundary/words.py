"""What the cards of the page say of their pictures."""

from dashapp import theme
from dashapp.usecases.runs import RunView
from dashapp.widgets.parts import before_rows
from pipeline.boundary_results import AucOf, BoundaryRows, Surface, TwoFieldModel


def auc_words(found: AucOf, n_classes: int = 2) -> str:
    """AUC 0.712 (95% interval 0.695 to 0.729); of more classes what it is a mean of."""
    if found.auc is None:
        return "no AUC"
    interval = f" (95% interval {theme.interval(found.low, found.high)})" if found.low is not None else ""
    mean = ", the mean of each class against the others" if n_classes > 2 else ""
    return f"AUC {theme.metric(found.auc)}{interval}{mean}"


def held_words(found: Surface, applicant: str | None) -> str:
    """The other 15 fields at their usual values."""
    n = len(found.held)
    if not n:
        return "It reads no other field"
    if n == 1:
        one = f"as {applicant} has it" if applicant else "at its usual value (median or most frequent level)"
        return f"The other field held {one}"
    of = f"as {applicant} has them" if applicant else "at their usual values (median, most frequent level)"
    return f"The other {n} fields held {of}"


def range_words(found: Surface) -> str:
    """What of the training rows' range is not drawn."""
    cut = [axis.name for axis in (found.x, found.y) if axis.is_cut]
    said = f"; {' and '.join(cut)} over the middle 90% of the training rows" if cut else ""
    few = [axis for axis in (found.x, found.y) if len(axis.levels) < axis.n_levels]
    return said + "".join(f"; the {len(axis.levels)} most frequent of {axis.n_levels:,} levels of {axis.name}" for axis in few)


def rows_words(view: RunView, rows: BoundaryRows, points: bool, cutoff: float | None) -> str:
    """Of how many rows, and what a dot is."""
    part = before_rows(rows.part, view.spec)
    left = [
        f"{theme.count(n)} {what}"
        for n, what in (
            (rows.n_missing, "without one of the two, or with a special code"),
            (rows.n_outside, f"{'lies' if rows.n_outside == 1 else 'lie'} outside the picture"),
        )
        if n
    ]
    rest = f" ({'; '.join(left)})" if left else ""
    if not rows.n_drawn:
        return f"None of the {theme.count(rows.n_rows)} {part} rows lies in the picture{rest}."
    if points:
        every = len(rows.points) == rows.n_drawn
        drawn = theme.count(len(rows.points))
        of = f"All {drawn}" if every and not left else f"{drawn} of {theme.count(rows.n_rows)}"
        sampled = "" if every else ", drawn at random with each class at its share"
        return f"Dots: {of} {part} rows{sampled}{rest}; pale where the whole run decides rightly, strong where wrongly."
    of = f"all {theme.count(rows.n_rows)}" if not left else f"{theme.count(rows.n_drawn)} of {theme.count(rows.n_rows)}"
    told = f"Dots: cells that hold {of} {part} rows{rest}, the larger the more"
    strong = "strong where that is the other side of the boundary"
    if cutoff is None:
        return f"{told}; in the colour of the class that most of them have; {strong}."
    return f"{told}; orange where their bad rate reaches the cut-off; {strong}; grey with fewer than 10 rows."


def difference_words(found: TwoFieldModel) -> str:
    """What the whole run has over the two fields alone."""
    if found.difference is None or found.difference.auc is None:
        return ""
    gap = found.difference
    form = "{:+.3f}"
    told = f"; difference {theme.signed(gap.auc, form)}"
    if gap.low is not None and gap.high is not None:
        told += f" ({theme.signed(gap.low, form)} to {theme.signed(gap.high, form)}, DeLong)"
    return told
