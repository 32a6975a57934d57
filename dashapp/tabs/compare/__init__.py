"""Runs side by side."""

from dashapp.tabs.compare import callbacks
from dashapp.tabs.compare.layout import layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab(
    "compare",
    "Compare",
    (Page("/compare", layout, "Compare"),),
    callbacks.register,
    icon="bar-chart-steps",
    for_officers=False,
)
