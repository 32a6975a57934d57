"""Options in a link, so that a form opens with them: `?penalty=none&bootstrap=200&features=age,income`."""

import csv
from typing import Any
from urllib.parse import parse_qs

from pipeline.errors import InvalidSpec
from pipeline.shown import short
from pipeline.spec import TrainSpec


def options_of(query: str) -> tuple[dict[str, Any], list[str]]:
    """The options that a link names, checked one by one, and a sentence for each that cannot be taken.

    What is no option is left for others to read.
    """
    given = {name: values[-1] for name, values in parse_qs(query.lstrip("?"), keep_blank_values=True).items()}
    taken: dict[str, Any] = {}
    problems: list[str] = []
    for option in TrainSpec.options():
        if option.name not in given:
            continue
        raw: Any = given[option.name]
        if option.kind == "columns":
            raw = _names(raw)
        try:
            taken[option.name] = option.check(raw)
        except InvalidSpec as error:
            problems.append(str(error))
    return taken, problems


def _names(text: str) -> Any:
    try:
        return [name for name in next(csv.reader([text]), []) if name]
    except csv.Error:
        return short(text)  # no list, so that the option's own check refuses it
