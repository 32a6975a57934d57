"""Where to draw the line: what every cut-off of a run would decide, and what that is worth."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.threshold import callbacks
from dashapp.tabs.threshold.layout import layout

TAB = Tab("threshold", "Threshold", (Page("/runs/<run_id>/threshold", layout, "Threshold"),), callbacks.register)
