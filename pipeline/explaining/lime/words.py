"""How far LIME and the exact account of a score agree, and why not, in sentences. Pure Python, for the pages too."""

from collections.abc import Callable

from pipeline.explain_results import CLASSES, ISOTONIC
from pipeline.levels import number_text
from pipeline.lime_results import LimeField, LimeResult

ALIKE, PARTLY = 0.9, 0.6
POOR = 0.5  # local R²
FEW_SAMPLES = 100
_MOST_NAMED = 3
Name = Callable[[str], str]


def sentences(result: LimeResult, name: Name = str) -> tuple[str, ...]:
    """First how far they agree; then why not, as far as that is known; then what else bends LIME's weights.

    `name` says what a field is called.
    """
    if not result.fields:
        none = f"There is no exact account of {result.label} to compare with: the log-odds of the other classes are against it."
        return (none, *_bends(result, name))
    found = [_agreement(result)]
    is_alike = result.rank_agreement is None or round(result.rank_agreement, 2) >= ALIKE
    differing = [one for one in result.fields if one.differs]
    if differing:
        found.append(f"They differ on the sign of {_named(differing, name)}.")
        found.extend(_why(result, one, name) for one in differing[:_MOST_NAMED])
    elif result.n_matter and not is_alike:
        found.append(f"They differ most on the rank of {_why(result, most_unlike(result), name)}")
    if result.n_matter and (differing or not is_alike or result.local_r2 < POOR):
        found.append(_general(result))
    if result.has_products:
        found.append(
            "What a product of two fields adds is shared between the two in this comparison, as Shapley values share it."
        )
    undecided = [one for one in result.fields if one.is_undecided]
    if undecided:
        weight = "its weight changes its sign" if len(undecided) == 1 else "the signs of its weights change"
        found.append(f"LIME is undecided on {_named(undecided, name)}: with other seeds {weight}.")
    return (*found, *_bends(result, name))


def shown_number(value: float) -> str:
    """A number of a rule: all digits before the point, and four in all where that is more."""
    told = round(value) if 10_000 <= abs(value) < 1e15 else float(f"{value:.4g}")
    text = f"{int(told):,}" if told == int(told) and abs(told) < 1e15 else number_text(told)
    return text.replace("-", "−")


def _agreement(result: LimeResult) -> str:
    if not result.n_matter:
        return "No field moves this score away from the average applicant's, so there is nothing to compare."
    n, same = result.n_matter, result.n_same_sign
    if n == 1:
        signs = f"gives the one field that matters {'the same' if same else 'another'} sign"
    else:
        signs = f"gives {f'all {n}' if same == n else f'{same} of the {n}'} fields that matter the same sign"
    rank = result.rank_agreement
    if rank is None:
        return f"Against the exact account, LIME {signs}; there are too few fields to compare ranks."
    how = "much as" if round(rank, 2) >= ALIKE else "partly as" if round(rank, 2) >= PARTLY else "unlike"
    return f"LIME ranks the fields {how} the exact account does (Spearman's correlation {_two(rank)}) and {signs}."


def most_unlike(result: LimeResult) -> LimeField:
    """The field whose place among all by its effect, sign and all, is the furthest from its place by its contribution."""
    by_lime = sorted(result.fields, key=lambda one: one.effect)
    by_exact = sorted(result.fields, key=lambda one: one.exact)
    return max(result.fields, key=lambda one: abs(by_lime.index(one) - by_exact.index(one)))


def _why(result: LimeResult, one: LimeField, name: Name) -> str:
    """`Age: LIME asks only whether ...`"""
    rules = [weight for weight in result.weights if weight.field == one.field]
    if not one.is_stable:
        return f"{name(one.field)}: LIME's own weight of it hangs on the seed."
    cut = next((rule for rule in rules if rule.above is not None or rule.up_to is not None), None)
    if cut is not None and isinstance(one.value, int | float) and one.mean is not None:
        return (
            f"{name(one.field)}: LIME asks only whether it is {cut.rule}, the exact account how far "
            f"{shown_number(one.value)} is from the average, {shown_number(one.mean)}."
        )
    if one.share is not None and not one.differs:
        return (
            f"{name(one.field)}: LIME compares the applicant's level with the others, the exact account with the average of the "
            f"training rows, {one.share:.0%} of which have it."
        )
    return f"{name(one.field)}: LIME weighs samples near the applicant most, the exact account all training rows alike."


def _general(result: LimeResult) -> str:
    cut = "cuts numbers into quarters of the training rows and " if result.discretised else ""
    return (
        f"LIME {cut}fits one straight line to the probability near the applicant, which follows {max(result.local_r2, 0):.0%} of "
        f"how it varies there (local R²); the exact account takes all of the log-odds apart."
    )


def _bends(result: LimeResult, name: Name) -> list[str]:
    """What makes LIME's weights say less, or something else."""
    found = []
    if result.link == CLASSES:
        found.append(
            f"LIME follows the probability of {result.label}, which the log-odds of the other classes move too; the exact "
            f"account is of {result.label}'s own log-odds."
        )
    if result.link == ISOTONIC:
        found.append("The run's recalibration moves the probability in steps: LIME sees them, the log-odds are before them.")
    found.extend(
        f"The gap in {name(one.field)} counts as {shown_number(one.filled)}, as in the model."
        for one in result.fields
        if one.filled is not None
    )
    flat = [one for one in result.fields if one.flat is not None]
    if flat and result.discretised:
        found.append(_flat(flat, name))
    if result.n_effective < FEW_SAMPLES:
        found.append(
            f"Only about {max(result.n_effective, 1):.0f} of the {result.n_samples:,} samples are near enough to count, at a "
            f"kernel width of {shown_number(result.kernel_width)}: a larger one tells more."
        )
    return found


def _flat(fields: "list[LimeField]", name: Name) -> str:
    if len(fields) > 1:
        return (
            f"All training rows in the lowest quarter of each of {_named(fields, name)} hold one value, for which the lime "
            "package draws another: its weights for these fields are off."
        )
    one = fields[0]
    return (
        f"All training rows in the lowest quarter of {name(one.field)} hold {shown_number(one.flat or 0)}, for which the lime "
        f"package draws {shown_number(one.drawn or 0)}: its weight for this field is off."
    )


def _named(fields: "list[LimeField]", name: Name) -> str:
    names = [name(one.field) for one in fields]
    if len(names) > _MOST_NAMED + 1:
        names = [*names[:_MOST_NAMED], f"{len(names) - _MOST_NAMED} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _two(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
