"""Where an applicant's score stands among those of the rows that the run is judged on."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.explaining import Told
from dashapp.widgets.applicant.words import ClassWords, class_words, logit, lower, others_words, part_name, percent_of
from dashapp.widgets.basics import card
from dashapp.widgets.figures import figure_card
from pipeline.cutoffs.decisions import score_tables
from pipeline.figures.position import HEIGHT, PositionWords, position_figure, position_finding
from pipeline.figures.score_dots import Dots, dots_of
from pipeline.figures.template import Look


def position_card(id: str, run: OpenedRun, told: Told, look: Look, *, span: int | None = None) -> Component:  # noqa: A002
    """For three classes and more, and for a run without rows to compare with, it says why there is nothing to show."""
    result = run.view.result
    if told.advice is None or told.part is None or result is None:
        why = "There is one scale for each class" if told.advice is None else "The run keeps no scores of rows to compare with"
        return card("Where the applicant stands", html.P(f"{why}, so there is no single place among others."), span=span)
    score, cutoff = told.explanation.probability, run.view.cutoff
    words, percent = class_words(run.model.labels), percent_of(run, told)
    dots = dots_of(score_tables(result)[told.part], score, cutoff)
    said = PositionWords(
        applicant=f"this applicant, {percent(score)}",
        cutoff=f"cut-off {percent(cutoff)}",
        approve=words.approve,
        refuse=words.refuse,
        good=words.later_good,
        bad=words.later_bad,
        axis=f"Predicted {lower(words.chance)}",
    )
    gap = (logit(score) or 0.0) - (logit(cutoff) or 0.0) if 0 < score < 1 and 0 < cutoff < 1 else score - cutoff
    return figure_card(
        id,
        position_finding(percent(score), gap, others_words(told.position, words)),
        _under(dots, part_name(told, run.view.spec), words),
        position_figure(dots, score, cutoff, said, look),
        meaning=dcc.Markdown(_meaning(words)),
        height=HEIGHT,
        narrow=(position_figure(dots, score, cutoff, said, look, narrow=True), HEIGHT),
        span=span,
    )


def _under(dots: Dots, kind: str, words: ClassWords) -> str:
    each = "one dot each" if dots.rows_per_dot == 1 else f"one dot for about {theme.count(dots.rows_per_dot)} (one at least)"
    return f"{theme.count(dots.n_rows)} {kind} applicants by predicted {lower(words.chance)}, {each}. This applicant is the ring."


def _meaning(words: ClassWords) -> str:
    suggests = "suggests to refuse" if words.is_credit else f"predicts {words.refuse}"
    return (
        "Each dot is an applicant of the rows that the run is judged on, or a round number of them, at the chance that the run "
        "predicted; its colour is what came of it. The ring is this applicant, the line the run's cut-off: from it on the run "
        f"{suggests}. An applicant is {words.safer} whose predicted chance is lower:\n\n"
        f"`share {words.safer} = rows with a lower chance ÷ all rows`\n\n"
        "Rows are counted at the cut-offs of the run's score table, so the share is exact to the nearest of them."
    )
