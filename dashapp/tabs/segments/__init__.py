"""How a run's decisions fall on groups of applicants."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.segments import callbacks
from dashapp.tabs.segments.layout import layout

TAB = Tab("segments", "Segments", (Page("/runs/<run_id>/segments", layout, "Segments"),), callbacks.register)
