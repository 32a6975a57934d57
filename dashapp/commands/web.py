"""Gunicorn, set up from the settings. Imported in the process that serves, never in its parent."""

import gc
import os
import signal
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from dashapp.app import create_app
from dashapp.commands.gunicorn_options import options
from dashapp.lean import one_thread_each, refuse_pandas
from dashapp.settings import Settings


class WatchfulArbiter(Arbiter):
    """Ends by itself when the process that keeps it is gone."""

    def __init__(self, app: BaseApplication, parent: int) -> None:
        super().__init__(app)
        self._parent = parent

    def murder_workers(self) -> None:
        if os.getppid() != self._parent:
            os.kill(os.getpid(), signal.SIGTERM)
        super().murder_workers()


class WebServer(BaseApplication):
    """Serves on a socket that is open already."""

    def __init__(self, settings: Settings, socket_number: int, parent: int) -> None:
        self.settings = settings
        self.socket_number = socket_number
        self.parent = parent
        super().__init__()

    def load_config(self) -> None:
        chosen = {**options(self.settings), "bind": f"fd://{self.socket_number}", "post_fork": _look_for_garbage}
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        refuse_pandas()
        one_thread_each()
        server = create_app(self.settings).server
        gc.freeze()  # what is shared by the workers is never looked through, so that its pages stay shared
        return server

    def run(self) -> None:
        WatchfulArbiter(self, self.parent).run()


def _look_for_garbage(_arbiter: Any, _worker: Any) -> None:
    gc.enable()
