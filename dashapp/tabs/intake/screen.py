"""All parts of the page from what is stored; a part that the browser shows already is not sent again."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dash import no_update
from plotly.io.json import to_json_plotly

from dashapp.tabs.intake import look_card, page_head, preview, read_card, save_bar
from dashapp.tabs.intake.actions import Act, Tried
from dashapp.tabs.intake.columns import Seen, seen
from dashapp.usecases import intake
from dashapp.usecases.desk import Desk
from dashapp.usecases.intake import UploadView

_ALWAYS = ("read",)  # the poll of a running job draws it too, so that what was sent last is not known


@dataclass(frozen=True)
class Shown:
    """What of the preview is shown, and what the browser holds: a checksum of each part."""

    page: int = 0
    noted: bool = False
    sent: Mapping[str, int] | None = None

    @classmethod
    def parse(cls, given: Any) -> "Shown":
        given = given if isinstance(given, dict) else {}
        page, sent = given.get("page"), given.get("sent")
        return cls(page if isinstance(page, int) else 0, given.get("noted") is True, sent if isinstance(sent, dict) else {})

    def after(self, act: Act) -> "Shown":
        if act.what == "page" and act.value.isascii() and act.value.isdigit():
            return replace(self, page=int(act.value[:6]))
        if act.what == "noted":
            return replace(self, noted=act.value == "yes", page=0)
        return self

    def to_json(self) -> dict[str, Any]:
        return {"page": self.page, "noted": self.noted, "sent": self.sent}


@dataclass(frozen=True)
class Screen:
    """One upload as its page shows it."""

    view: UploadView
    columns: tuple[Seen, ...]
    parts: dict[str, Any]
    shown: Shown

    def column(self, name: str) -> Seen | None:
        return next((column for column in self.columns if column.name == name), None)

    def news(self, *, all_parts: bool) -> tuple[dict[str, Any], Shown]:
        """The parts that differ from those sent before, and what has then been sent."""
        sums = {name: zlib.crc32(to_json_plotly(part).encode()) for name, part in self.parts.items()}
        before = {} if all_parts else self.shown.sent or {}
        news = {
            name: part if name in _ALWAYS or before.get(name) != sums[name] else no_update for name, part in self.parts.items()
        }
        return news, replace(self.shown, sent=sums)


def build(desk: Desk, view: UploadView, shown: Shown, tried: Tried) -> Screen:
    first = intake.preview(desk, view.id) if view.findings is None else None
    columns = seen(view, first)
    on_page, page, n_columns = preview.on_page(columns, shown.page, shown.noted)
    first = first or intake.preview(desk, view.id, {column.name: column.kind for column in on_page})
    parts = {
        "head": page_head.head(view, intake.replaced_name(desk, view.id)),
        "notices": page_head.notices(intake.identical(desk, view.id)),
        "read": read_card.found(view),
        "marks": read_card.settings(view, tried),
        "repairs": read_card.repairs(view),
        "look": look_card.look_card(view, columns),
        "tools": preview.tools(columns, shown.noted),
        "heads": preview.heads(on_page),
        "cells": preview.cells(on_page, first, view.choices.bad_label),
        "foot": preview.foot(on_page, page, n_columns, len(columns), first),
        "outcome": save_bar.outcome(view, columns, tried),
        "save": save_bar.save(view, columns, tried),
    }
    return Screen(view, columns, parts, replace(shown, page=page))
