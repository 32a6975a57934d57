"""Jobs: what runs, what waits, what ended how."""

from dashapp.tabs.jobs import callbacks, layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab("jobs", "Jobs", (Page("/jobs", layout.layout, "Jobs"),), callbacks.register, icon="activity", at_foot=True)
