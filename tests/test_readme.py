"""The README says what is true: every setting, with its default and its help, and pictures that exist."""

import dataclasses
import re
from pathlib import Path

import pytest

from dashapp.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("field", dataclasses.fields(Settings), ids=lambda field: field.name)
def test_every_setting_is_in_the_readme(field: "dataclasses.Field[object]") -> None:
    default = field.default
    shown = str(int(default)) if isinstance(default, bool) else f"{default:g}" if isinstance(default, float) else str(default)
    written = f"`{shown}`" if shown else ""
    assert f"| `{field.metadata['variable']}` | {written} | {field.metadata['help']} |" in README


def test_pictures_exist() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures
    assert [name for name in pictures if not (ROOT / name).is_file()] == []
