"""Is the process alive, and can it work? Open to everyone, and silent about versions."""

import logging

from flask import Blueprint

from dashapp import auth
from db.errors import DatabaseError

log = logging.getLogger(__name__)
blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> dict[str, str]:
    return {"status": "alive"}


@blueprint.get("/ready")
def ready() -> tuple[dict[str, str], int]:
    try:
        auth.installation().db.check()
    except DatabaseError as error:
        log.warning("Not ready: %s", error.message)
        return {"status": "not ready"}, 503
    return {"status": "ready"}, 200
