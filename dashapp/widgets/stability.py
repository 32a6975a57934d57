"""What a population stability index says, in the words that the field reads it by."""

STABLE, LARGE = 0.10, 0.25  # the customary bounds; Siddiqi (2006), Credit Risk Scorecards


def verdict(psi: float | None) -> str:
    """Stable below 0.10, a shift up to 0.25, a large shift above."""
    if psi is None:
        return "not compared"
    return "stable" if psi < STABLE else "a shift" if psi <= LARGE else "a large shift"
