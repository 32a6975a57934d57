"""Home: recent runs, running jobs, data sets."""

from dashapp.tabs.home.callbacks import register
from dashapp.tabs.home.layout import layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab("home", "Home", (Page("/", layout, "Home"),), register, icon="house")
