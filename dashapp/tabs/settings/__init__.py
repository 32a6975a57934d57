"""Settings: one's own account, password and signed-in browsers."""

from dashapp.tabs.registry import Page, Tab
from dashapp.tabs.settings import callbacks, layout

TAB = Tab("settings", "Settings", (Page("/settings", layout.layout, "Settings"),), callbacks.register, icon="gear", at_foot=True)
