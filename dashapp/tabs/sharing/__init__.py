"""Sharing: who may open a run or a data set. The last tab of both."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.sharing import callbacks, layout

TAB = Tab(
    "sharing",
    "Sharing",
    (
        Page("/runs/<run_id>/sharing", layout.run_layout, "Sharing"),
        Page("/data/<dataset_id>/sharing", layout.dataset_layout, "Sharing"),
    ),
    callbacks.register,
)
