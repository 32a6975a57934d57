"""Where the run draws the line between two of its fields."""

from dashapp.tabs.boundary import callbacks
from dashapp.tabs.boundary.layout import layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab("boundary", "Boundary", (Page("/runs/<run_id>/boundary", layout, "Boundary"),), callbacks.register)
