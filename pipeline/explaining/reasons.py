"""Principal reasons: the fields that moved a score most towards refusal."""

from collections.abc import Collection

from pipeline.explain_results import PASSING, Explanation, PrincipalReason

MOST_REASONS = 4
MOST_FAVOURABLE = 3
LEAST = 1e-9  # of log-odds: what is less is the rounding of a field that is as the reference has it, and no reason


def principal_reasons(
    explanation: Explanation, never: Collection[str] = (), most: int = MOST_REASONS
) -> tuple[PrincipalReason, ...]:
    """The largest adverse contributions, largest first; fewer than `most` where fewer are adverse.

    A field in `never` (a protected segment column) is not told, nor a product that it is part of: it counted in the score all
    the same, and the screen says so.
    """
    return _largest(explanation, never, most, 1)


def favourable(explanation: Explanation, never: Collection[str] = (), most: int = MOST_FAVOURABLE) -> tuple[PrincipalReason, ...]:
    """The largest contributions towards approval, largest first; the same fields are kept back."""
    return _largest(explanation, never, most, -1)


def _largest(explanation: Explanation, never: Collection[str], most: int, sign: int) -> tuple[PrincipalReason, ...]:
    may = [part for part in explanation.contributions if not set(part.sources) & set(never)]
    found = [part for part in may if sign * part.contribution > LEAST]
    found.sort(key=lambda part: -sign * part.contribution)
    told = explanation.reference_kind == PASSING  # what is typical is said of those who just pass alone
    return tuple(
        PrincipalReason(rank, part.field, part.sources, part.value, part.contribution, part.typical if told else None)
        for rank, part in enumerate(found[:most], start=1)
    )
