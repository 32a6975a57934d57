"""A run's own pages: Overview (its held-out performance) and Coefficients."""

from dashapp.tabs.evaluate import callbacks, run_page
from dashapp.tabs.registry import Page, Tab

TAB = Tab(
    "evaluate",
    "Run",
    (
        Page("/runs/<run_id>", run_page.overview_layout, "Run"),
        Page("/runs/<run_id>/coefficients", run_page.coefficients_layout, "Coefficients"),
    ),
    callbacks.register,
)
