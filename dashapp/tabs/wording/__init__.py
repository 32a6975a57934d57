"""How a run's reasons are told."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.wording import callbacks
from dashapp.tabs.wording.layout import layout

TAB = Tab("wording", "Wording", (Page("/runs/<run_id>/wording", layout, "Wording"),), callbacks.register)
