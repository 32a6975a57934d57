"""What should be known about a fit, in sentences."""

import math
from collections.abc import Iterator, Sequence

from pipeline.engine import Fitted
from pipeline.errors import quoted
from pipeline.results import Separation
from pipeline.spec import TrainSpec
from pipeline.terms import CategoryTerm, Term


def fit_warnings(fitted: Fitted, spec: TrainSpec, labels: tuple[str, ...], separated: Sequence[Separation] = ()) -> list[str]:
    """Sentences about what was left out, what could not be estimated, and what the probabilities stand for."""
    warnings = [f"Not used: '{name}' ({reason})." for name, reason in fitted.left_out]
    for term in fitted.terms:
        absent = [code for code, meaning in getattr(term, "codes", ()) if meaning == "unseen"]
        if absent:
            warnings.append(f"No training row has the code {quoted(absent)} of '{term.field}', so it counts as missing.")
    warnings += _about_references(fitted.terms, spec)
    names = _column_names(fitted.terms)
    if len(fitted.fit.aliased):
        fixed = quoted((names[at] for at in fitted.fit.aliased), 10)
        warnings.append(f"Fixed at 0, because other columns determine them: {fixed}.")
    if separated:
        warnings += [each.sentence for each in separated]
    elif len(fitted.fit.diverging):
        split = quoted(dict.fromkeys(names[at] for at in fitted.fit.diverging))
        warnings.append(
            f"The classes are separated by {split}: the likelihood has no maximum, and these coefficients grow without end. "
            "Leave the column out, group its levels, or use a penalty."
        )
    elif not fitted.fit.converged:
        remedy = "use a penalty" if spec.penalty == "none" else "choose another solver"
        warnings.append(
            f"The fit did not converge in {fitted.fit.iterations} steps (gradient {fitted.fit.gradient_norm:.1e}). "
            f"Allow more iterations, or {remedy}."
        )
    return [*warnings, *_about_probabilities(fitted, spec, labels)]


def _about_references(terms: Sequence[Term], spec: TrainSpec) -> Iterator[str]:
    """Reference levels that were chosen and could not be taken."""
    for term, level in references_missed(terms, spec):
        why = "is grouped as rare" if level in term.grouped else "is in no training row"
        yield f"The reference level '{level}' of '{term.field}' {why}, so levels are compared with '{term.reference}'."


def references_missed(terms: Sequence[Term], spec: TrainSpec) -> list[tuple[CategoryTerm, str]]:
    """The categories whose reference is not the level that was chosen, each with that level."""
    chosen = dict(spec.reference_levels)
    categories = [term for term in terms if isinstance(term, CategoryTerm) and term.reference is not None]
    return [(term, chosen[term.field]) for term in categories if chosen.get(term.field, term.reference) != term.reference]


def _about_probabilities(fitted: Fitted, spec: TrainSpec, labels: tuple[str, ...]) -> list[str]:
    """What became of the classes' shares, and whether probabilities are chances."""
    if not fitted.shift:
        return []
    causes = [] if spec.class_weight == "none" else ["Rows are weighted by class"]
    if spec.resampling != "none":
        causes.append("the training rows were resampled" if causes else "The training rows were resampled")
    cause = " and ".join(causes)
    if not fitted.corrects:
        return [f"{cause}, so the probabilities are shifted and are no default rates."]
    if len(labels) > 2:
        return [f"{cause}; probabilities are corrected for the classes' changed shares."]
    change = f"{math.exp(abs(fitted.shift[0])):.3g} times as {'high' if fitted.shift[0] > 0 else 'low'}"
    sentence = (
        f"{cause}: the fit saw odds of '{labels[1]}' {change} as they are. Probabilities are corrected for it, so that a cut-off "
        "means what it means without."
    )
    return [sentence]


def _column_names(terms: Sequence[Term]) -> list[str]:
    names = ["(intercept)"]
    for term in terms:
        names += [term.field if level is None else f"{term.field} = {level}" for level in term.column_levels]
    return names
