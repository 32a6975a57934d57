"""What a tab is. `tabs/__init__.py` lists them; pages, navigation and the wiring test follow from the list."""

from collections.abc import Callable
from dataclasses import dataclass

from dash import Dash
from dash.development.base_component import Component


@dataclass(frozen=True)
class Page:
    """One address. `layout` is called with the parts of the path and gives a skeleton without anybody's data.

    `makes` says that data or runs are made there: loan officers are told that they do not.
    """

    path_template: str
    layout: Callable[..., Component]
    title: str
    makes: bool = False


@dataclass(frozen=True)
class Tab:
    """A folder of the product: its pages and the callbacks that fill them.

    `icon` is a Bootstrap icon; a tab without one has no entry of its own in the navigation (it is reached from another).
    """

    name: str
    title: str
    pages: tuple[Page, ...]
    register: Callable[[Dash], None]
    icon: str = ""
    at_foot: bool = False  # stands at the foot of the navigation
    for_officers: bool = True  # loan officers have its entry in the navigation
