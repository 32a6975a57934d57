"""Train: choose a data set, its outcome and the options; start the run."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.train import callbacks, layout

TAB = Tab(
    "train",
    "Train",
    (
        Page("/runs/new", layout.choose_layout, "New run", makes=True),
        Page("/runs/new/<dataset_id>", layout.form_layout, "New run", makes=True),
    ),
    callbacks.register,
)
