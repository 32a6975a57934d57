"""The cards of one applicant, for analysts and for loan officers."""

from dashapp.widgets.applicant.advice import advice_card
from dashapp.widgets.applicant.changing import changes_card
from dashapp.widgets.applicant.exact import exact_card
from dashapp.widgets.applicant.lime import lime_card
from dashapp.widgets.applicant.reading import how_to_read
from dashapp.widgets.applicant.reasons import reasons_card
from dashapp.widgets.applicant.standing import position_card
from dashapp.widgets.applicant.values import values_card

__all__ = [
    "advice_card",
    "changes_card",
    "exact_card",
    "how_to_read",
    "lime_card",
    "position_card",
    "reasons_card",
    "values_card",
]
