"""PUT /api/datasets: a file is streamed to disk and becomes an upload, to be looked at. It is never whole in memory."""

import os
import tempfile
from pathlib import Path

from flask import Blueprint, Flask, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from dashapp import auth
from dashapp.usecases import receiving

blueprint = Blueprint("uploads", __name__)

ENDPOINT = "uploads.receive"
PIECE = 1 << 20


def init_app(server: Flask) -> None:
    @server.before_request
    def allow_size() -> None:
        """Before anything looks at the body: the CSRF check would read a form into memory."""
        if request.endpoint != ENDPOINT:
            return
        if request.mimetype in {"multipart/form-data", "application/x-www-form-urlencoded"}:
            raise UnsupportedMediaType
        request.max_content_length = auth.installation().settings.upload_limit_mb * 1_000_000


@blueprint.put("/api/datasets")
def receive() -> tuple[dict[str, str], int]:
    filename = os.path.basename(request.args.get("filename", "").replace("\\", "/"))
    handle, path = tempfile.mkstemp(prefix="scoredesk-upload-")
    try:
        with os.fdopen(handle, "wb") as file:
            while piece := request.stream.read(PIECE):
                file.write(piece)
        upload_id = receiving.receive(
            auth.desk(), Path(path), filename=filename or "data", replaces=request.args.get("replaces") or None
        )
    finally:
        os.unlink(path)
    return {"id": upload_id, "href": f"/data/new/{upload_id}"}, 201


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> tuple[dict[str, str], int, dict[str, str]]:
    """Also raised while the body is being read, so that a client which lies about the size gains nothing."""
    limit = auth.installation().settings.upload_limit_mb
    fix = "Split it, or ask an admin to raise SCOREDESK_UPLOAD_LIMIT_MB."
    return {"message": f"The file is larger than {limit:,} MB.", "fix": fix}, 413, {"Connection": "close"}
