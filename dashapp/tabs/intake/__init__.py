"""Intake: how a file is read, checked before it is saved; and how a saved data set was read."""

from dashapp.tabs.intake import callbacks, layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab(
    "intake",
    "Intake",
    (
        Page("/data/new/<upload_id>", layout.upload_layout, "Check how it was read", makes=True),
        Page("/data/<dataset_id>/intake", layout.dataset_layout, "Intake"),
    ),
    callbacks.register,
)
