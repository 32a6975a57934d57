"""How the marks of many classes are told apart: by colour, and from the seventh class on by shape or dash as well."""

from typing import Any

from pipeline.figures.template import Palette

_GROUP = 6  # classes that have one shape and one dash
_SYMBOLS = ("circle", "square", "diamond", "triangle-up")  # for more than the most classes that a run may have
SYMBOL_NUMBERS = {"circle": 0, "square": 1, "diamond": 2, "triangle-up": 5}  # plotly's, which travel in a byte
_DASHES = ("solid", "6px,3px", "2px,2px", "8px,3px,2px,3px")


def class_colour(k: int, colours: Palette) -> str:
    """Of areas; the same again after twelve classes, whose marks have other shapes then."""
    return colours.series[k % len(colours.series)]


def class_ink(k: int, colours: Palette) -> str:
    """Of words about a class, and of the outline of its marks."""
    return colours.series_ink[k % len(colours.series_ink)]


def class_line(k: int, colours: Palette) -> dict[str, Any]:
    """The colour and the dash of its curve."""
    return {"color": colours.series_line[k % len(colours.series_line)], "dash": _DASHES[k // _GROUP % len(_DASHES)]}


def class_symbol(k: int) -> str:
    """The shape of its marks, as plotly names it."""
    return _SYMBOLS[k // _GROUP % len(_SYMBOLS)]
