"""What is said of a fit as a whole: its tests, how it ended, and two ways on where tests are refused."""

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card, facts, link_button, notice, strip
from pipeline.results import FitSummary, RunResult

_REFITS = 200  # a bootstrap that is offered


def figures(result: RunResult) -> Component:
    """The likelihood-ratio test first: whether the columns say anything at all."""
    fit = result.fit
    refused = "refused, see below"
    weights = theme.plural(fit.n_weights or 0, "weight")
    return strip(
        _test(fit),
        (
            "McFadden's R²",
            theme.metric(fit.mcfadden_r2),
            "share of the intercept's deviance" if fit.mcfadden_r2 is not None else "",
        ),
        ("Deviance", _large(fit.deviance), f"{_large(fit.null_deviance)} without any column"),
        ("AIC", _large(fit.aic), "lower is better, on the same rows" if fit.aic is not None else refused),
        ("BIC", _large(fit.bic), f"{weights}, lower is better" if fit.bic is not None else refused),
    )


def _test(fit: FitSummary) -> tuple[str, Children, Children]:
    if fit.likelihood_ratio is None or fit.likelihood_ratio_p is None:
        return "Likelihood-ratio test", theme.NOTHING, "refused, see below"
    value = [_large(fit.likelihood_ratio), html.Small(f" on {fit.likelihood_ratio_df} df")]
    return "Likelihood-ratio test", value, f"p {theme.p_value(fit.likelihood_ratio_p)}, against the intercept alone"


def _large(value: float | None) -> str:
    return theme.NOTHING if value is None else theme.number(round(value, 2 if abs(value) < 1000 else 1))


def ways_on(view: RunView, result: RunResult) -> list[Component]:
    """Why there is no standard error or test, and how to get there: a refit without what spoils it, or bootstrap intervals."""
    spec, fit = view.spec, result.fit
    reasons = dict.fromkeys(
        row.reason for row in result.coefficients if row.reason and row.reason.startswith("No standard error")
    )
    if not reasons and not fit.no_tests:
        return []
    has_intervals = any(row.bootstrap_low is not None for row in result.coefficients)
    links: list[Component] = []
    if view.sees_dataset and not result.separation:
        like = f"/runs/new/{view.dataset_id}?like={view.id}"
        changed = spec.penalty != "none" or spec.class_weight != "none" or spec.resampling != "none"
        if changed:
            solver = "&solver=auto" if spec.solver == "liblinear" else ""
            href = f"{like}&penalty=none&class_weight=none&resampling=none{solver}"
            links.append(link_button("Refit without penalty, weights and resampling", href, icon_name="arrow-repeat"))
        elif not fit.converged:
            href = f"{like}&solver=auto&max_iterations={min(10 * spec.max_iterations, 10_000)}"
            links.append(link_button("Train again with more iterations", href, icon_name="arrow-repeat"))
        elif spec.multiclass != "multinomial":
            links.append(
                link_button("Refit as one model of all classes", f"{like}&multiclass=multinomial", icon_name="arrow-repeat")
            )
        if not has_intervals:
            links.append(link_button("Bootstrap intervals", f"{like}&bootstrap={_REFITS}", icon_name="shuffle"))
    said: list[Component] = [html.P(text, style={"margin": "0"}) for text in [*reasons, fit.no_tests] if text]
    if has_intervals:
        said.append(html.P("The bootstrap intervals below are honest all the same.", style={"margin": "0"}))
    title = "No standard errors and no tests" if reasons else "No test of the model as a whole"
    return [notice("info", title, said, html.Div(links, className="sd-row sd-coef-ways") if links else None)]


def fit_card(view: RunView, result: RunResult) -> Component:
    """How the fit ended, for whoever wants to know whether to trust the digits."""
    fit = result.fit
    pairs: list[tuple[str, Children]] = [
        ("Solver", fit.solver or view.spec.solver),
        ("Ended", f"{'converged' if fit.converged else 'not converged'} in {theme.plural(fit.iterations, 'step')}"),
        ("Gradient norm", _small(fit.gradient_norm)),
        *([("Violation of the optimum's conditions", _small(fit.optimality))] if fit.optimality is not None else []),
        *([("Weights estimated", theme.count(fit.n_weights))] if fit.n_weights is not None else []),
        ("Log-likelihood", _large(fit.log_likelihood)),
        *([("Bootstrap refits", theme.count(view.spec.bootstrap))] if view.spec.bootstrap else []),
    ]
    said = f"Largest element of the mean gradient at the end: {_small(fit.gradient_norm)}; asked for {view.spec.tolerance:g}."
    title = "The fit is converged: its digits are those of the optimum" if fit.converged else "The fit is not converged"
    parts: list[Component] = [facts(*pairs)]
    if fit.note:
        parts.append(html.P(fit.note, className="sd-meta"))
    return html.Div(card(title, parts, under=said, span=6), className="sd-grid")


def _small(value: float | None) -> str:
    """1.2e−9."""
    if not value:
        return theme.NOTHING if value is None else "0"
    return f"{value:.1e}".replace("e-0", "e-").replace("-", theme.MINUS)
