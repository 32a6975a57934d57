"""Runs: the list of one's own and shared runs."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.runs.callbacks import register
from dashapp.tabs.runs.layout import layout

TAB = Tab("runs", "Runs", (Page("/runs", layout, "Runs"),), register, icon="diagram-3")
