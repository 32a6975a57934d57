"""One format for each kind of number, as the rules of the mockups give them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashapp import theme
from tests.colours import contrast


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (theme.metric(0.79351), "0.794"),
        (theme.metric(None), "–"),
        (theme.metric(float("nan")), "–"),
        (theme.share(0.24712), "24.7%"),
        (theme.signed(-0.314), "−0.31"),
        (theme.signed(-0.001), "0.00"),
        (theme.signed(0.001, "{:+.2f}"), "0.00"),
        (theme.signed(0.5, "{:+.1f}"), "+0.5"),
        (theme.signed(None), "–"),
        (theme.chance(0.483), "48%"),
        (theme.chance(0.001), "under 1%"),
        (theme.chance(0.0), "0%"),
        (theme.chance(0.9953), "over 99%"),
        (theme.chance(1.0), "100%"),
        (theme.count(32581), "32,581"),
        (theme.cutoff(0.25), "0.25"),
        (theme.cutoff(0.125), "0.125"),
        (theme.money(438_712.3, "$"), "$439k"),
        (theme.money(-1_234_567, "$"), "−$1.23M"),
        (theme.money(1000, "$"), "$1,000"),
        (theme.money(-0.0, "€"), "€0"),
        (theme.money(0.04213), "0.0421"),
        (theme.money(12_600, "SEK"), "13k SEK"),
        (theme.money(None, "$"), "–"),
        (theme.estimate(0.79), "+0.79"),
        (theme.estimate(-0.83), "−0.83"),
        (theme.estimate(-0.0032345), "−0.00323"),
        (theme.ratio(2.2034), "2.20"),
        (theme.ratio(1.00573), "1.0057"),
        (theme.ratio(1.000000814), "1.00000081"),
        (theme.ratio(1.0), "1.00"),
        (theme.ratio(0.0032), "0.0032"),
        (theme.ratio(1.2e6), "1.2e6"),
        (theme.ratio(1.2e12), "1.2e12"),
        (theme.ratio(1.9e-7), "1.9e−7"),
        (theme.ratio(1.9e-10), "1.9e−10"),
        (theme.p_value(0.00004), "under 0.001"),
        (theme.p_value(0.0412), "0.041"),
        (theme.interval(0.741, 0.847), "0.741 to 0.847"),
        (theme.size(1_100_000), "1.1 MB"),
        (theme.duration(100), "1 min 40 s"),
        (theme.duration(3_725), "1 h 2 min"),
        (theme.plural(1, "run"), "1 run"),
        (theme.plural(2, "person", "people"), "2 people"),
        (theme.number(6_000_000.0), "6,000,000"),
        (theme.number(0.83), "0.83"),
        (theme.initials("Loan officer"), "LO"),
    ],
)
def test_formats(shown: str, expected: str) -> None:
    assert shown == expected


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=1), "Yesterday"),
        (timedelta(days=3), "18 Nov"),
        (timedelta(days=400), "17 Oct 2024"),
    ],
)
def test_when(ago: timedelta, expected: str) -> None:
    now = datetime(2025, 11, 21, 12, 0, tzinfo=UTC)
    assert theme.when(now - ago, now) == expected


@pytest.mark.parametrize("look", ["light", "dark"])
def test_words_and_the_edges_of_controls_can_be_told_from_what_they_stand_on(look: str) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11: 4.5 to 1 for words, 3 to 1 for controls, by the formula of its glossary."""
    text = (Path(__file__).parents[2] / "assets" / "10-tokens.css").read_text(encoding="utf-8")
    block = re.search(rf'\[data-bs-theme="{look}"\] {{(.*?)\n}}', text, re.DOTALL)
    assert block is not None
    token = dict(re.findall(r"--sd-([\w-]+): (#[0-9a-f]{6});", block[1]))
    for ground in ("surface", "canvas", "surface-2"):
        for words in ("text", "text-2", "text-3", "accent", "series-1-ink", "series-2-ink"):
            assert contrast(token[words], token[ground]) >= 4.5, (words, ground)
        assert contrast(token["control-line"], token[ground]) >= 3, ground
    for tone in ("caution", "danger", "done"):
        assert contrast(token[f"{tone}-text"], token[f"{tone}-soft"]) >= 4.5, tone
    for words, ground in (("text-2", "surface-3"), ("accent", "accent-soft"), ("text-2", "accent-soft"), ("on-accent", "accent")):
        assert contrast(token[words], token[ground]) >= 4.5, (words, ground)
