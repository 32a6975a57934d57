"""Runs: the list of one's own and shared runs."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.runs import callbacks, layout

TAB = Tab("runs", "Runs", (Page("/runs", layout.layout, "Runs"),), callbacks.register, icon="diagram-3")
