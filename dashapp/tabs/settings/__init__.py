"""Settings: one's own account, password and signed-in browsers."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.settings.callbacks import register
from dashapp.tabs.settings.layout import layout

TAB = Tab("settings", "Settings", (Page("/settings", layout, "Settings"),), register, icon="gear", at_foot=True)
