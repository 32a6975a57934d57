"""The figures' colours are the design tokens, in both looks, and can be told from their ground and from each other."""

import re
from dataclasses import fields
from itertools import combinations
from pathlib import Path

import pytest

from pipeline.figures.template import PALETTES, Look
from tests.colours import BLINDNESS, contrast, distance

TOKENS = (Path(__file__).resolve().parent.parent / "assets" / "10-tokens.css").read_text(encoding="utf-8")
BLOCKS = {"light": '[data-bs-theme="light"] {', "dark": '[data-bs-theme="dark"] {'}
N_SERIES, N_FIRST = 12, 6
GRAPHICS, WORDS = 3.0, 4.5  # WCAG 2.2, 1.4.11 and 1.4.3


def token(look: Look, name: str, usual: str | None = None) -> str:
    block = TOKENS[TOKENS.index(BLOCKS[look]) :]
    found = re.search(rf"--sd-{name}:\s*(#[0-9a-f]{{6}}|rgba\(.*?\));", block[: block.index("}")])
    if found is None and usual is not None:
        return token(look, usual)
    assert found is not None, name
    return found[1]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_palette_is_the_tokens(look: Look) -> None:
    palette = PALETTES[look]
    several = {
        "series": [token(look, f"series-{i}") for i in range(1, N_SERIES + 1)],
        "series_line": [token(look, f"series-{i}-line", f"series-{i}") for i in range(1, N_SERIES + 1)],
        "series_ink": [token(look, f"series-{i}-ink") for i in range(1, N_SERIES + 1)],
    }
    for name in (field.name for field in fields(palette)):
        if name in several:
            assert getattr(palette, name) == tuple(several[name]), name
        else:
            assert getattr(palette, name) == token(look, name.replace("_", "-")), name


@pytest.mark.parametrize("look", ["light", "dark"])
def test_marks_and_words_can_be_told_from_their_ground(look: Look) -> None:
    palette = PALETTES[look]
    for mark in (*palette.series_line, palette.series_1_edge, palette.series_2_edge, palette.fig_reference, palette.fig_ink):
        assert contrast(mark, palette.surface) >= GRAPHICS, mark
    for words in (*palette.series_ink, palette.series_1_ink, palette.series_2_ink, palette.text, palette.text_2, palette.text_3):
        assert contrast(words, palette.surface) >= WORDS, words


@pytest.mark.parametrize("look", ["light", "dark"])
def test_twelve_colours_can_be_told_from_each_other(look: Look) -> None:
    """The first six are Okabe and Ito's, and have a shape or a dash of their own; so have the next six, which need to differ
    among themselves for eyes that lack a cone."""
    for one, other in combinations(PALETTES[look].series, 2):
        assert distance(one, other) >= 10, (one, other)
    for one, other in combinations(PALETTES[look].series[N_FIRST:], 2):
        for blindness in BLINDNESS:
            assert distance(one, other, blindness) >= 6.5, (one, other, blindness)
