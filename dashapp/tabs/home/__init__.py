"""Home: recent runs, running jobs, data sets."""

from dashapp.tabs.home import callbacks, layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab("home", "Home", (Page("/", layout.layout, "Home"),), callbacks.register, icon="house")
