"""Serve: gunicorn and a supervisor for jobs, both kept alive by a parent that imports little."""

import gc
import os
import socket
import sys
from dataclasses import replace

from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import configure_mappers

from dashapp.commands.processes import Kept, keep, run_apart
from dashapp.jobs.supervisor import run_supervisor  # light until the first job, and shared by all that is forked
from dashapp.settings import Settings, SettingsError
from db.engine import Database
from db.errors import NotReady

_WAITING = 512  # connections that may wait while gunicorn starts


def serve(settings: Settings, *, with_worker: bool) -> int:
    settings.check()
    make_ready(settings)
    return run(settings, listen(settings.host, settings.port), with_worker=with_worker)


def work(settings: Settings) -> int:
    """The supervisor alone, on this or another host."""
    make_ready(settings)
    _supervise(settings, parent=None)
    return 0


def make_ready(settings: Settings) -> None:
    """Creates the schema in an empty database. Raises NotReady where the schema is another version's."""
    db = Database(settings.database_url)
    try:
        db.check()
    except NotReady:
        if not _is_empty(db):
            raise
        if run_apart(lambda: Database(settings.database_url).migrate()):
            raise NotReady("The database could not be set up.", fix="The lines above say why.") from None
    finally:
        # A connection must not be shared with the processes that are forked next.
        db.dispose()


def _is_empty(db: Database) -> bool:
    """Whether there is a database without a single table. False where it cannot be reached."""
    try:
        with db.read() as session:
            return not inspect(session.connection()).get_table_names()
    except SQLAlchemyError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """The open socket: connections wait in it until gunicorn is up, also while gunicorn is started anew."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        opened = socket.create_server((host, port), family=family, backlog=_WAITING)
    except OSError as error:
        raise SettingsError(
            f"Cannot listen on {host}:{port} ({error.strerror}); set SCOREDESK_HOST and SCOREDESK_PORT to a free address."
        ) from None
    # Taken over by every connection. Without it a body waits 40 ms for the receipt of its headers.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def run(settings: Settings, opened: socket.socket, *, with_worker: bool) -> int:
    """Serves until a signal ends it."""
    settings = replace(settings, port=opened.getsockname()[1])
    parent = os.getpid()
    processes = [Kept("web server", lambda: _serve_pages(settings, opened.fileno(), parent))]
    if with_worker:
        processes.append(Kept("supervisor", lambda: _supervise(settings, parent=parent)))
    configure_mappers()  # once here, and not at the first question to the database in each process that is forked
    gc.freeze()  # nor does any of them look through what they share, so that its pages stay shared
    sys.stdout.write(f"Scoredesk is at {settings.url}\n")
    sys.stdout.flush()
    return keep(processes)


def _serve_pages(settings: Settings, socket_number: int, parent: int) -> None:
    from dashapp.commands.web import WebServer

    WebServer(settings, socket_number, parent).run()


def _supervise(settings: Settings, *, parent: int | None) -> None:
    gc.enable()
    run_supervisor(settings, parent_pid=parent)
