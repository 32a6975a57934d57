"""Train: choose a data set, its outcome and the options; start the run."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.train import callbacks, layout

TAB = Tab(
    "train",
    "Train",
    (Page("/train", layout.choose_layout, "New run"), Page("/train/<dataset_id>", layout.form_layout, "New run")),
    callbacks.register,
)
