"""The tables of the Calibration tab as files to take away: numbers with all their digits."""

from collections.abc import Mapping
from typing import Any

from dashapp.usecases import points, runs
from dashapp.usecases.csv_files import CsvFile, csv_text
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound


def bands_of_probability(desk: Desk, run_id: str, part: str) -> CsvFile:
    """Expected and observed bads by band. Raises NotFound, also for a part that the run has not."""
    view = runs.get(desk, run_id)
    found = view.result.calibration_of(part) if view.result is not None else None
    if found is None:
        raise NotFound("result")
    head = ("rows", "mean_probability", "expected_bads", "bads", "bad_rate", "bad_rate_low", "bad_rate_high", "jeffreys_p")
    rows = (
        (
            *(band.n_rows, band.mean_probability, band.n_rows * band.mean_probability, round(band.n_rows * band.bad_rate)),
            *(band.bad_rate, band.ci_low, band.ci_high, band.jeffreys_p),
        )
        for band in found.bands
    )
    return CsvFile(f"{view.name} calibration {part}", csv_text([head, *rows]))


def score_bands(desk: Desk, run_id: str, given: Mapping[str, Any]) -> CsvFile:
    """The score bands that an address asks for. Raises NotFound, InvalidSpec with a sentence for what cannot be, and Refused."""
    view = runs.get(desk, run_id)
    found = points.bands(desk, run_id, points.asked(view, given))
    head = ("points_from", "points_below", "rows", "goods", "bads", "share_of_rows", "bad_rate", "bad_rate_low", "bad_rate_high",
            "mean_probability", "mean_points", "odds", "cumulative_rows", "cumulative_bads")  # fmt: skip
    rows = (
        (band.low, band.high, band.n_rows, band.n_good, band.n_bad, band.share, band.bad_rate, band.ci_low, band.ci_high,
         band.mean_probability, band.mean_points, band.odds, band.cumulative_rows, band.cumulative_bad)
        for band in found.bands
    )  # fmt: skip
    return CsvFile(f"{view.name} score bands {found.part}", csv_text([head, *rows]))
