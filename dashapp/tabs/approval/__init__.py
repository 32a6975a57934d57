"""Proposing a run, and approving it by a second person."""

from dashapp.tabs.approval import callbacks
from dashapp.tabs.approval.layout import layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab("approval", "Approval", (Page("/runs/<run_id>/approval", layout, "Approval"),), callbacks.register)
