"""The list of data sets."""

from collections.abc import Sequence

from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.usecases.datasets import DatasetCard
from dashapp.widgets.basics import card, empty, link_button
from dashapp.widgets.lists import datasets_table
from dashapp.widgets.page import head, skeleton

ids = Ids("datasets", "key", "body")


def layout() -> Component:
    return skeleton(ids.key, ids.body, {})


def body(cards: Sequence[DatasetCard]) -> list[Component]:
    upload = link_button("Upload data", "/data/new", icon_name="upload", kind="primary")
    if not cards:
        return [
            *head("Data sets"),
            empty(
                "database-add",
                "No data sets yet",
                "Upload a table with one row for each applicant and a column that says how it turned out. "
                "It stays yours alone until you share it.",
                upload,
            ),
        ]
    return [
        *head("Data sets", ["Yours and those shared with you"], [upload]),
        card(
            theme.plural(len(cards), "data set"),
            datasets_table(cards, label="Data sets"),
            under="A data set never changes once it is saved, so that every run can be repeated.",
            flush=True,
        ),
    ]
