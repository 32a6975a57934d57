"""What each field of a run does to the probability."""

from dashapp.tabs.effects import callbacks
from dashapp.tabs.effects.layout import layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab("effects", "Effects", (Page("/runs/<run_id>/effects", layout, "Effects"),), callbacks.register)
