"""The applicant desk: one page made for loan officers."""

from dash import Dash

from dashapp.tabs.desk import applicant_callbacks, callbacks, case_callbacks, start_callbacks
from dashapp.tabs.desk.layout import case_layout, layout, run_layout
from dashapp.tabs.registry import Page, Tab


def _register(app: Dash) -> None:
    for part in (callbacks, start_callbacks, applicant_callbacks, case_callbacks):
        part.register(app)


TAB = Tab(
    "desk",
    "Applicant desk",
    (
        Page("/desk", layout, "Applicant desk"),
        Page("/desk/<run_id>", run_layout, "Applicant"),
        Page("/desk/cases/<case_id>", case_layout, "Case"),
    ),
    _register,
    icon="person-vcard",
)
