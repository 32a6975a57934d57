"""What a run says of newer data, and scores to take away."""

from dashapp.tabs.monitor import callbacks
from dashapp.tabs.monitor.layout import layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab("monitor", "Monitor", (Page("/runs/<run_id>/monitor", layout, "Monitor"),), callbacks.register)
