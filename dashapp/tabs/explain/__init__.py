"""One applicant's score explained, for analysts."""

from dashapp.tabs.explain import callbacks
from dashapp.tabs.explain.layout import layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab("explain", "Explain", (Page("/runs/<run_id>/explain", layout, "Explain"),), callbacks.register)
