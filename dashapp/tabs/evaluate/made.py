"""How a run was made: the options that tell it from others, all of them to unfold, and the course of its fit."""

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.evaluate.run_page import ids
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card, facts
from dashapp.widgets.figures import figure_card
from dashapp.widgets.specs import changed_facts
from pipeline.figures.objective import objective_figure, objective_finding
from pipeline.figures.template import Look
from pipeline.results import FitSummary, RunResult, ScoreScale

_TOLD = ("target", "bad_label", "features")  # in words of their own


def made_card(view: RunView, result: RunResult, span: int) -> Component:
    spec, data, fit = view.spec, result.data, result.fit
    pairs: list[tuple[str, Children]] = [("Outcome", html.Code(spec.target))]
    if data.bad_rate is None:
        pairs.append(("Classes", ", ".join(data.labels)))
    else:
        pairs += [("Bad is", data.labels[1]), ("Bad rate", theme.share(data.bad_rate))]
    pairs += _of_the_score(result.scale) if result.scale is not None else [("Features", theme.count(len(data.columns)))]
    if data.held_out and data.n_test:
        pairs.append(("Held out", data.held_out))
    if data.n_fitted:
        pairs.append(("Rows after resampling", theme.count(data.n_fitted)))
    if fit is None:
        return card("Options and data", facts(*pairs), under=f"Evaluated {theme.when(view.finished_at)}.", span=span)
    pairs += changed_facts(spec, without=_TOLD)
    fitted = _of_the_fit(fit)
    if view.model_sha256:
        fitted.append(("Model", html.Code(view.model_sha256[:12], title=f"SHA-256 of the stored model: {view.model_sha256}")))
    under = f"Trained {theme.when(view.finished_at)}; the same options give the same model."
    course = html.Details([html.Summary("The fit"), facts(*fitted)], className="sd-more", open=not fit.converged)
    return card("Options and data", [facts(*pairs), course, folded_options()], under=under, span=span)


def folded_options() -> Component:
    """Every option, fetched as it is unfolded: few look, and there are many."""
    return html.Details(
        [html.Summary("All options", id=ids.options_open, n_clicks=0), html.Div(id=ids.options)], className="sd-more"
    )


def _of_the_score(scale: ScoreScale) -> list[tuple[str, Children]]:
    if scale.is_probability:
        return [("Score", html.Code(scale.column)), ("Says", f"the probability of {scale.higher_is}")]
    ends = f"{theme.number(scale.low)} to {theme.number(scale.high)}"
    return [("Score", html.Code(scale.column)), ("Higher is", scale.higher_is), ("Scores", ends)]


def _of_the_fit(fit: FitSummary) -> list[tuple[str, Children]]:
    found: list[tuple[str, Children]] = []
    if fit.solver:
        found.append(("Solver", fit.solver))
    found.append(("Fit", f"{'converged' if fit.converged else 'not converged'} in {theme.plural(fit.iterations, 'step')}"))
    if fit.optimality is not None:
        found.append(("Off the optimum", html.Span(f"{fit.optimality:.0e}".replace("-", theme.MINUS), title=_KKT)))
    found.append(("Log-likelihood", theme.number(round(fit.log_likelihood, 2))))
    if fit.aic is not None:
        found.append(("AIC", theme.number(round(fit.aic, 2))))
    if fit.mcfadden_r2 is not None:
        found.append(("McFadden R²", theme.metric(fit.mcfadden_r2)))
    return found


_KKT = "The largest violation of the conditions of an optimum (Karush, Kuhn, Tucker), of the mean objective: 0 is the optimum."


def objective_card(view: RunView, result: RunResult, look: Look) -> list[Component]:
    """Log-loss plus penalty by step; nothing where the solver does not tell its course."""
    fit = result.fit
    if fit is None:
        return []
    note = fit.note or None
    if len(fit.objective) < 2:
        return [card("The fit", html.P(note, className="sd-quiet"), span=7)] if note else []
    meaning = [
        html.P(
            "The log-loss of a row is −ln of the chance that the model gave to what happened: 0 for a sure and right "
            "forecast, 0.69 for one half, and ever more for one that is sure and wrong. The fit makes its mean over the training "
            "rows small."
        ),
        html.P(
            "A penalty adds a price for large coefficients. Where both together are least, any move of a coefficient would lose "
            "more than it wins; that is the model."
        ),
        html.P("A weighted or resampled fit counts its rows as it sees them."),
    ]
    caption = (
        "It starts from the same chance for every row. Each step moves all coefficients to where the rows that went bad get "
        "a higher chance, and the others a lower one. What stands when no step helps is the classifier: a weight for each "
        "term, and their sum the log-odds."
    )
    under = f"{theme.count(result.data.n_fitted or result.data.n_train)} training rows; {_settled(fit)}."
    body: Children = [caption, html.Br(), note] if note else caption
    penalised = view.spec.penalty != "none"
    figure = objective_figure(fit, look, penalised=penalised)
    title = objective_finding(fit, penalised=penalised)
    return [figure_card(ids.objective, title, under, figure, meaning=meaning, span=7, height=300, caption=body)]


def _settled(fit: FitSummary) -> str:
    if not fit.converged:
        return "the fit has not converged, so the coefficients are not yet those of the optimum"
    if fit.optimality is None:
        return "converged"
    return f"converged, with the conditions of an optimum kept to {fit.optimality:.0e}".replace("e-", f"e{theme.MINUS}")


def note_card(view: RunView, span: int) -> Component:
    text = html.P(view.note, style={"whiteSpace": "pre-wrap"}) if view.note else html.P("No note yet.", className="sd-meta")
    return card("Note", text, span=span)
