"""What is said of a fit as a whole: its tests, how it ended, and two ways on where tests are refused."""

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card, facts, link_button, notice, strip
from pipeline.results import FitSummary, RunResult

_REFITS = 200  # a bootstrap that is offered


def figures(fit: FitSummary) -> Component:
    """The likelihood-ratio test first: whether the columns say anything at all."""
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
    """Two decimals below 1,000, as tables print them."""
    if value is None:
        return theme.NOTHING
    return theme.count(value) if abs(value) >= 1000 else f"{value:.2f}".replace("-", theme.MINUS)


def ways_on(view: RunView, result: RunResult, fit: FitSummary) -> list[Component]:
    """Why there is no standard error or test, and how to get there: a refit without what spoils it, or bootstrap intervals."""
    spec = view.spec
    every = dict.fromkeys(row.reason for row in result.coefficients)
    reasons = [reason for reason in every if reason and reason.startswith("No standard error")]
    if not reasons and not fit.no_tests:
        return []
    has_intervals = any(row.bootstrap_low is not None for row in result.coefficients)
    links: list[Component] = []
    if view.sees_dataset and not result.separation:
        like = f"/runs/new/{view.dataset_id}?like={view.id}"
        causes = (("penalty", spec.penalty), ("weights", spec.class_weight), ("resampling", spec.resampling))
        present = [name for name, value in causes if value != "none"]
        if present:
            solver = "&solver=auto" if spec.solver == "liblinear" else ""
            href = f"{like}&penalty=none&class_weight=none&resampling=none{solver}"
            links.append(link_button(f"Refit without {' and '.join(present)}", href, icon_name="arrow-repeat"))
        elif not fit.converged:
            href = f"{like}&solver=auto&max_iterations={min(10 * spec.max_iterations, 10_000)}"
            links.append(link_button("Train again with more iterations", href, icon_name="arrow-repeat"))
        elif spec.multiclass != "multinomial":
            links.append(
                link_button("Refit as one model of all classes", f"{like}&multiclass=multinomial", icon_name="arrow-repeat")
            )
        if not has_intervals:
            links.append(link_button("Bootstrap intervals", f"{like}&bootstrap={_REFITS}", icon_name="shuffle"))
    said: list[Component] = [html.P(text, style={"margin": "0"}) for text in _merged(reasons, fit.no_tests)]
    if has_intervals:
        pulled = " They show how the penalised estimate spreads over samples, not how far the penalty has pulled it."
        words = "The bootstrap intervals below are honest all the same." + (pulled if spec.penalty != "none" else "")
        said.append(html.P(words, style={"margin": "0"}))
    title = "No standard errors and no tests" if reasons else "No test of the model as a whole"
    stopped = not fit.converged and not result.separation
    if stopped:
        said.append(html.P("Allow more iterations, another solver, or a penalty.", style={"margin": "0"}))
    return [
        notice("caution" if stopped else "info", title, said, html.Div(links, className="sd-row sd-coef-ways") if links else None)
    ]


def _merged(reasons: list[str], no_tests: str) -> list[str]:
    """The reasons in as few sentences as they take: mostly one cause stands against errors and tests alike."""
    causes = [reason.removeprefix("No standard error: ") for reason in reasons]
    against = no_tests.removeprefix("No likelihood-ratio test, AIC or BIC: ")
    if causes == [against]:
        return [f"No standard error, z, p or interval, no likelihood-ratio test, AIC or BIC: {against}"]
    return [text for text in (*reasons, no_tests) if text]


def fit_card(view: RunView, result: RunResult, fit: FitSummary) -> Component:
    """How the fit ended, for whoever wants to know whether to trust the digits."""
    pairs: list[tuple[str, Children]] = [
        ("Solver", fit.solver or view.spec.solver),
        ("Ended", f"{'converged' if fit.converged else 'not converged'} in {theme.plural(fit.iterations, 'step')}"),
        ("Gradient norm", _small(fit.gradient_norm)),
        *([("Violation of the optimum's conditions", _small(fit.optimality))] if fit.optimality is not None else []),
        *([("Weights estimated", theme.count(fit.n_weights))] if fit.n_weights is not None else []),
        ("Log-likelihood", _large(fit.log_likelihood)),
        *([("Bootstrap refits", theme.count(view.spec.bootstrap))] if view.spec.bootstrap else []),
    ]
    said = (
        f"Largest element of the mean gradient at the end: {_small(fit.gradient_norm)}; asked for {_small(view.spec.tolerance)}."
    )
    title = "The fit is converged: its digits are those of the optimum" if fit.converged else "The fit is not converged"
    parts: list[Component] = [facts(*pairs)]
    if fit.note:
        parts.append(html.P(fit.note, className="sd-meta"))
    return html.Div([card(title, parts, under=said, span=5), _reading(result)], className="sd-grid")


def _reading(result: RunResult) -> Component:
    """What the columns of the table mean, with the numbers of its strongest number where there is one."""
    rows = [row for row in result.coefficients if row.level is None and row.odds_ratio_sd is not None and not row.unit]
    lines: list[Children] = []
    if rows:
        strongest = max(rows, key=lambda row: abs(row.estimate_standardised or 0.0))
        label = strongest.label
        lines.append(
            f"One unit more of {strongest.field} multiplies the odds of {label} by {theme.ratio(strongest.odds_ratio)}, one "
            f"standard deviation more by {theme.ratio(strongest.odds_ratio_sd)}, the other columns held still."
        )
    lines += [
        "An interval that holds 0 (an odds ratio of 1) says that the sign is not settled by these rows.",
        "VIF: how many times the variance of an estimate is what it would be were its column unrelated with the others; of a "
        "category for all its levels together. From 5 on it is marked.",
        "Alone: the estimate of a model with this field only. A sign that turns is marked, because it will be asked about.",
    ]
    return card("How to read the table", html.Ul([html.Li(line) for line in lines], className="sd-list sd-coef-reading"), span=7)


def _small(value: float | None) -> str:
    """1.2e−9."""
    if not value:
        return theme.NOTHING if value is None else "0"
    return f"{value:.1e}".replace("e-0", "e-").replace("-", theme.MINUS)
