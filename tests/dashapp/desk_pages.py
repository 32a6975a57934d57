"""The pages of the applicant desk in all their states."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dashapp.tabs.desk import applicant_page, case_page, start_page
from dashapp.tabs.desk.form import form, form_kept, said
from dashapp.usecases import applicants, backgrounds, limes, typed_values
from dashapp.usecases.case_lists import CaseCard
from dashapp.usecases.case_records import record
from dashapp.usecases.case_views import CaseView, Event
from dashapp.usecases.desk import Desk
from dashapp.usecases.desk_runs import DeskRun
from dashapp.usecases.lookups import Place
from dashapp.usecases.runs import RunView
from pipeline.lime_results import LimeResult

NOW = datetime(2026, 1, 2, tzinfo=UTC)
RUN = DeskRun("r", "Scorecard", "Analyst", "Loans", 0.3, 0.74, "Admin", NOW)
CARD = CaseCard("c", "A-45", "refuse", "open", 0.48, "r", "Scorecard", "Officer", True, NOW, None, False)
PLACES = (Place("d", "Loans", 200, ("key",)), Place("e", "Newer", 20, ()))


def desk_pages(desk: Desk, view: RunView) -> list[Any]:
    run = backgrounds.opened(desk, view.id)
    given = dict.fromkeys(run.model.fields, "3")
    found, warnings = applicants.applicant(desk, run, applicants.Asked(given=given))
    kept = record(run, found, warnings, run.model.fields)
    events = (Event("Saved", "Officer", NOW), Event("Decided", "Officer", NOW, "A guarantor.", "approve"))
    case = CaseView(CARD, found, kept, run, "f" * 64, "A note", "", None, "m", (), events)
    decided = replace(CARD, decision="approve", decided_at=NOW)
    over = replace(case, card=decided, reason="A guarantor.", decided_by="Officer", changed=("The run was retired.",))
    limes.warm()
    lime = limes.get(desk, limes.start(desk, view.id, found)).result
    assert isinstance(lime, LimeResult)
    controls = typed_values.controls(run)
    return [
        start_page.body([RUN], ["Wine"], [CARD, decided, replace(CARD, decision="refuse")], 300, 1, True),
        start_page.body([], [], [], 0, 0, False),
        [start_page.find_form("r", PLACES), start_page.find_form("r", ()), start_page.about(RUN)],
        [start_page.case_rows([], searched="nobody"), start_page.case_rows([]), start_page.case_rows([], show="open")],
        form(controls, {}, "", {}, again=False),
        [form_kept(), *form(controls, given, "A-45", {"amount": ("No number.", True)}, again=True)],
        [said(("No training row has that.", False)), said(("No number.", True)), said(None)],
        applicant_page.page(run, found, kept, "light", "typed in", (CARD, decided), again=True),
        applicant_page.detail_closed(),
        applicant_page.detail(run, found, kept.told, lime, "dark"),
        applicant_page.detail(run, found, kept.told, applicant_page.without_lime("Nothing."), "light"),
        *[case_page.page(one, "light") for one in (case, over, replace(over, card=replace(decided, mine=False)))],
        case_page.page(replace(over, run=None), "light"),
    ]
