"""Gunicorn's options, from the settings; light, so that both ways of starting it can read them."""

import os
from typing import Any

from dashapp.settings import Settings

# A browser keeps its connections for about a minute; closing them earlier loses requests that are on the way.
KEEP_ALIVE = 75
GRACE = 15
_MEMORY_FOLDER = "/dev/shm"  # noqa: S108 - where workers show that they are alive, without touching a disk


def options(settings: Settings) -> dict[str, Any]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    chosen: dict[str, Any] = {
        "bind": f"{host}:{settings.port}",
        "worker_class": "gthread",
        "workers": settings.web_workers,
        "threads": settings.web_threads,
        "keepalive": KEEP_ALIVE,
        "graceful_timeout": GRACE,
        "timeout": 60,
        "preload_app": True,  # workers share what was imported once
        "control_socket_disable": True,
        "limit_request_line": 8190,
        "forwarded_allow_ips": "",  # which proxies to believe is the settings' choice, see create_app
        "loglevel": "warning",
        "proc_name": "scoredesk",
    }
    if os.access(_MEMORY_FOLDER, os.W_OK):
        chosen["worker_tmp_dir"] = _MEMORY_FOLDER
    return chosen
