"""Profile: a data set's columns, one by one and against each other, and how it differs from another data set."""

from dashapp.tabs.profile import callbacks, layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab(
    "profile",
    "Profile",
    (
        Page("/data/<dataset_id>", layout.overview_layout, "Profile"),
        Page("/data/<dataset_id>/columns/<column>", layout.column_layout, "Column"),
        Page("/data/<dataset_id>/relations", layout.relations_layout, "Relations"),
        Page("/data/<dataset_id>/compare", layout.compare_layout, "Compare data sets"),
        Page("/comparisons/<comparison_id>", layout.comparison_layout, "Comparison"),
    ),
    callbacks.register,
)
