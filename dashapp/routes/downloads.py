"""What a user takes away: a run's model as it is stored, its coefficients as CSV, a data set as CSV or Parquet, cases."""

import re
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from flask import Blueprint, Response, request

from dashapp import auth
from dashapp.usecases import calibration_files, case_files, coefficients, exports, reasons_tables, runs, segment_looks
from dashapp.usecases import scored_rows as scored_rows_cases
from dashapp.usecases.csv_files import BYTE_ORDER_MARK
from dashapp.usecases.errors import NotFound
from dashapp.usecases.segment_address import Address

blueprint = Blueprint("downloads", __name__)

_PIECE = 1 << 20


@blueprint.get("/api/runs/<run_id>/model.json")
def model(run_id: str) -> Response:
    """The model, byte for byte what its hash was taken of; `python -m pipeline score` reads it."""
    desk = auth.desk()
    stored = runs.model_json(desk, run_id)
    if stored is None:
        raise NotFound("model")
    return _file(stored, "application/json", runs.get(desk, run_id).name, "model", "json")


@blueprint.get("/api/runs/<run_id>/coefficients.csv")
def run_coefficients(run_id: str) -> Response:
    """Every estimate with all its digits."""
    made = coefficients.csv(auth.desk(), run_id)
    if made is None:
        raise NotFound("result")
    return _csv(made.text, f"{made.name} coefficients", "coefficients")


@blueprint.get("/api/runs/<run_id>/calibration.csv")
def calibration(run_id: str) -> Response:
    """Expected and observed bads by band of one part of the rows."""
    made = calibration_files.bands_of_probability(auth.desk(), run_id, request.args.get("part", "held_out"))
    return _csv(made.text, made.name, "calibration")


@blueprint.get("/api/runs/<run_id>/score_bands.csv")
def score_bands(run_id: str) -> Response:
    """The score bands, with the scaling of the address."""
    made = calibration_files.score_bands(auth.desk(), run_id, request.args)
    return _csv(made.text, made.name, "score bands")


@blueprint.get("/api/runs/<run_id>/scores/<dataset_id>.csv")
def scored_rows(run_id: str, dataset_id: str) -> Response:
    """A data set with what a run says of each row, streamed chunk by chunk; X-Defused-Cells as for a data set, of the names."""
    made = scored_rows_cases.csv(auth.desk(), run_id, dataset_id)
    return _csv(made.pieces, made.name, "scores", n_defused=made.n_defused)


@blueprint.get("/api/runs/<run_id>/segments.csv")
def run_segments(run_id: str) -> Response:
    """Every rate of the groups that the address names, at its cut-off."""
    wanted = Address.parse(request.query_string.decode("utf-8", "replace"))
    made = segment_looks.csv(auth.desk(), run_id, wanted.by, wanted.cutoff, wanted.references)
    return _csv(made.text, made.name, "segments")


@blueprint.get("/api/studies/<study_id>/reasons.csv")
def reasons(study_id: str) -> Response:
    """The reasons of every row of a filter, streamed piece by piece; X-Defused-Cells as for a data set."""
    made = reasons_tables.csv(auth.desk(), study_id)
    return _csv(made.pieces, made.name, "reasons", n_defused=made.n_defused)


@blueprint.post("/api/cases.csv")
def cases() -> Response:
    """Every case of the desk's list, streamed piece by piece; X-Defused-Cells as for a data set. The name that was searched is
    somebody's, and so it stands in no address."""
    made = case_files.csv(auth.desk(), name=request.form.get("name", ""), show=request.form.get("show", "all"))
    return _csv(made.pieces, made.name, "cases", n_defused=made.n_defused)


@blueprint.get("/api/datasets/<dataset_id>.csv")
def dataset_csv(dataset_id: str) -> Response:
    """Streamed chunk by chunk. X-Defused-Cells says before how many cells a quote stands, so that no spreadsheet runs them."""
    made = exports.csv(auth.desk(), dataset_id)
    return _csv(made.pieces, made.name, "data", n_defused=made.n_defused)


@blueprint.get("/api/datasets/<dataset_id>.parquet")
def dataset_parquet(dataset_id: str) -> Response:
    """Written to a temporary file, which is gone once it was sent."""
    folder = tempfile.TemporaryDirectory(prefix="scoredesk-download-")
    try:
        path = Path(folder.name) / "data.parquet"
        name = exports.parquet(auth.desk(), dataset_id, path)
        size = path.stat().st_size
    except BaseException:
        folder.cleanup()
        raise
    answer = _file(_read_out(path), "application/vnd.apache.parquet", name, "data", "parquet")
    answer.call_on_close(folder.cleanup)
    answer.headers["Content-Length"] = str(size)
    return answer


def _csv(content: str | Iterator[bytes], name: str, otherwise: str, *, n_defused: int | None = None) -> Response:
    """A table in UTF-8 with its mark. X-Defused-Cells says before how many texts a quote stands, where that is counted."""
    marked = BYTE_ORDER_MARK + content if isinstance(content, str) else chain([BYTE_ORDER_MARK.encode()], content)
    answer = _file(marked, "text/csv; charset=utf-8", name, otherwise, "csv")
    if n_defused is not None:
        answer.headers["X-Defused-Cells"] = str(n_defused)
    return answer


def _file(content: str | Iterator[bytes], mimetype: str, name: str, otherwise: str, ending: str) -> Response:
    """An attachment whose name holds letters, digits and hyphens only."""
    safe = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:100] or otherwise
    return Response(
        content,
        content_type=mimetype,
        headers={"Content-Disposition": f'attachment; filename="{safe}.{ending}"', "X-Content-Type-Options": "nosniff"},
    )


def _read_out(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
