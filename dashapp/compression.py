"""Compressed answers. The scripts of Dash and plotly are compressed once per process: plotly's takes a third of a second."""

from dash.fingerprint import check_fingerprint
from flask import Flask, Request
from flask_compress import Compress

SCRIPTS = "/_dash-component-suites/"
_SMALLEST = 1_000  # bytes; less is not worth it


class ScriptCache:
    """Keeps what the address of a script stands for; there are a few dozen of them. Nothing else has a key."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self._kept.get(key)

    def set(self, key: str, value: bytes) -> None:
        if not key.endswith(";"):
            self._kept[key] = value


def _key(request: Request) -> str:
    """The script without its fingerprint, since any fingerprint is answered; empty for what is not kept."""
    if not request.path.startswith(SCRIPTS):
        return ""
    return str(check_fingerprint(request.path)[0])


def init_app(server: Flask) -> None:
    server.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_MIN_SIZE=_SMALLEST,
        COMPRESS_CACHE_BACKEND=ScriptCache,
        COMPRESS_CACHE_KEY=_key,
    )
    Compress(server)
