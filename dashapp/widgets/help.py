"""The help of a tab, kept beside its code in help.md."""

from functools import cache
from pathlib import Path

from dash import dcc
from dash.development.base_component import Component

_TABS = Path(__file__).parent.parent / "tabs"


@cache
def _read(tab: str) -> str:
    return (_TABS / tab / "help.md").read_text(encoding="utf-8")


def help_text(tab: str) -> Component:
    return dcc.Markdown(_read(tab), link_target="_self")
