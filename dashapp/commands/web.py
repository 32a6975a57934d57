"""Gunicorn, set up from the settings. Imported in the process that serves, never in its parent."""

import gc
import os
import signal
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from dashapp.app import create_app
from dashapp.settings import Settings
from db.engine import Database

# A browser keeps its connections for about a minute; closing them earlier loses requests that are on the way.
KEEP_ALIVE = 75
GRACE = 15
_MEMORY_FOLDER = "/dev/shm"  # noqa: S108 - where gunicorn's workers show that they are alive, without touching a disk


class WatchfulArbiter(Arbiter):  # type: ignore[misc]
    """Ends by itself when the process that keeps it is gone."""

    def __init__(self, app: BaseApplication, parent: int) -> None:
        super().__init__(app)
        self._parent = parent

    def murder_workers(self) -> None:
        if os.getppid() != self._parent:
            os.kill(os.getpid(), signal.SIGTERM)
        super().murder_workers()


class WebServer(BaseApplication):  # type: ignore[misc]
    """Serves on a socket that is open already."""

    def __init__(self, settings: Settings, socket_number: int, parent: int) -> None:
        self.settings = settings
        self.socket_number = socket_number
        self.parent = parent
        self.db = Database(settings.database_url)
        super().__init__()

    def load_config(self) -> None:
        chosen: dict[str, Any] = {
            "bind": f"fd://{self.socket_number}",
            "worker_class": "gthread",
            "workers": self.settings.web_workers,
            "threads": self.settings.web_threads,
            "keepalive": KEEP_ALIVE,
            "graceful_timeout": GRACE,
            "timeout": 60,
            "preload_app": True,  # workers share what the first one imported
            "control_socket_disable": True,
            "limit_request_line": 8190,
            "forwarded_allow_ips": "",  # whom to believe is the settings' choice, see create_app
            "loglevel": "warning",
            "proc_name": "scoredesk",
            "post_fork": self._begin_worker,
        }
        if os.access(_MEMORY_FOLDER, os.W_OK):
            chosen["worker_tmp_dir"] = _MEMORY_FOLDER
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        server = create_app(self.settings, self.db).server
        gc.freeze()  # what is shared by the workers is never looked through, so that its pages stay shared
        return server

    def run(self) -> None:
        WatchfulArbiter(self, self.parent).run()

    def _begin_worker(self, _arbiter: Any, _worker: Any) -> None:
        gc.enable()
        self.db.dispose(close=False)
