"""Studies: searches over a grid, and comparisons of ways to treat imbalance."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.studies import callbacks, layout

TAB = Tab(
    "studies",
    "Studies",
    (
        Page("/studies", layout.list_layout, "Searches and comparisons"),
        Page("/studies/new/<dataset_id>", layout.form_layout, "New search", makes=True),
        Page("/studies/<study_id>", layout.study_layout, "Study"),
    ),
    callbacks.register,
)
