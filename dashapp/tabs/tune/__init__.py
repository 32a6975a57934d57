"""Live tuning of a run: what each C and each cut-off would give, moved in the browser."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.tune import callbacks
from dashapp.tabs.tune.layout import layout

TAB = Tab("tune", "Tune", (Page("/runs/<run_id>/tune", layout, "Tune"),), callbacks.register)
