"""Controls of forms have a name that a screen reader tells: a label of their own, or that of the group that they stand in."""

from collections.abc import Iterator

import pytest
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.tabs.train.callbacks import OPTIONS
from dashapp.widgets.forms import field
from pipeline.options import Option

SEVERAL = (dcc.RadioItems, dcc.Checklist)  # of which Dash's own list tells no name
ONE = (dcc.Dropdown, dcc.Input, dcc.Textarea)


def parts(component: Component, above: tuple[Component, ...] = ()) -> Iterator[tuple[Component, tuple[Component, ...]]]:
    """Each component, with those that it stands in."""
    yield component, above
    children = getattr(component, "children", None)
    for child in children if isinstance(children, list) else [children]:
        if isinstance(child, Component):
            yield from parts(child, (*above, component))


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_controls_of_options_have_names(option: Option) -> None:
    drawn = list(parts(field(option, "form", option.default)))
    labelled = {part.htmlFor for part, _ in drawn if isinstance(part, html.Label)}
    ids = {getattr(part, "id", None) for part, _ in drawn}
    controls = [(part, above) for part, above in drawn if isinstance(part, (*SEVERAL, *ONE))]
    assert controls
    for control, above in controls:
        if isinstance(control, ONE):
            assert control.id in labelled
        else:
            named = [one for one in above if getattr(one, "role", None) == "group"]
            assert [getattr(one, "aria-labelledby") in ids for one in named] == [True]
