"""The figures' colours are the design tokens, in both looks."""

import re
from pathlib import Path

import pytest

from pipeline.figures.template import PALETTES, Look

TOKENS = (Path(__file__).resolve().parent.parent / "assets" / "10-tokens.css").read_text(encoding="utf-8")
BLOCKS = {"light": '[data-bs-theme="light"] {', "dark": '[data-bs-theme="dark"] {'}


def token(look: Look, name: str) -> str:
    block = TOKENS[TOKENS.index(BLOCKS[look]) :]
    found = re.search(rf"--sd-{name}:\s*(#[0-9a-f]{{6}})", block[: block.index("}")])
    assert found is not None, name
    return found[1]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_palette_is_the_tokens(look: Look) -> None:
    palette = PALETTES[look]
    for name in (
        "surface",
        "line",
        "text",
        "text_2",
        "text_3",
        "series_1_soft",
        "series_1_ink",
        "series_2_soft",
        "series_2_ink",
        "fig_grid",
        "fig_muted",
        "fig_ink",
    ):
        assert getattr(palette, name) == token(look, name.replace("_", "-")), name
    assert palette.series == tuple(token(look, f"series-{i}") for i in range(1, 7))
    assert palette.series_ink == tuple(token(look, f"series-{i}-ink") for i in range(1, 7))
