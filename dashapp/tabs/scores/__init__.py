"""A score that the data already holds, as a run of its own."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.scores import callbacks
from dashapp.tabs.scores.layout import layout

TAB = Tab(
    "scores",
    "Evaluate a score",
    (Page("/runs/score/<dataset_id>", layout, "Evaluate a score", makes=True),),
    callbacks.register,
)
