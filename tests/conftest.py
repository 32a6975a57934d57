"""What all tests share: where the public data lies, and how a missing tool is told."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PUBLIC_DATA = ROOT.parent / "shared" / "data"
REQUIRED = {name.strip() for name in os.environ.get("SCOREDESK_REQUIRE", "").split(",") if name.strip()}


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their argument: what is compressed holds the time, and workers must agree whenever they collect."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of public data files; tests that need it skip where it is absent."""
    if not PUBLIC_DATA.is_dir():
        pytest.skip("needs the public data files in ../shared/data")
    return PUBLIC_DATA


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; of Debian's two rather the one without windows, which takes a sixth less of the processor."""
    asked = os.environ.get("SCOREDESK_TEST_CHROMIUM")
    for path in [asked] if asked else ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"]:
        if Path(path).exists():
            return path
    sentence = "needs Chromium: apt-get install chromium, or set SCOREDESK_TEST_CHROMIUM to its path"
    if "browser" in REQUIRED:
        pytest.fail(sentence)
    pytest.skip(sentence)
