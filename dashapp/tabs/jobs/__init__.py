"""Jobs: what runs, what waits, what ended how."""

from dashapp.tabs.jobs.callbacks import register
from dashapp.tabs.jobs.layout import layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab("jobs", "Jobs", (Page("/jobs", layout, "Jobs"),), register, icon="activity", at_foot=True)
