"""The linear probability model: what a linear regression of the 0/1 outcome would have made of the same columns."""

import numpy as np

from pipeline.frame import Floats, Frame
from pipeline.results import Progress, Report, no_report
from pipeline.scores.row_scores import Rows
from pipeline.terms import Design, Term, design_of

_BLOCK = 65_536
_LEAST = 1e-10  # of the largest: singular values of the scaled normal equations below it are none


def straight_lines(
    frame: Frame, terms: tuple[Term, ...], rows: Rows, wanted: Floats, at: Design, report: Report = no_report
) -> Floats:
    """Least squares on some rows, and its values on others.

    Parameters
    ----------
    frame : Frame
        Has the terms' columns.
    rows : ndarray of int
        The rows to fit, by place in the frame.
    wanted : ndarray of float, shape (len(rows), n_outcomes)
        What each row is regressed to: 0 or 1.
    at : Design
        The rows to tell the values of, of the same terms.

    Returns
    -------
    ndarray of float, shape (at.n_rows, n_outcomes)
        Not kept between 0 and 1. Where columns say the same twice, the shortest of the solutions.
    """
    first, _ = design_of(frame, terms, rows[:_BLOCK])
    centre = first.dense.mean(axis=0)
    scale = first.dense.std(axis=0)
    scale[scale < 1e-12 * np.maximum(np.abs(centre), 1.0)] = 1.0
    square, right = np.zeros((at.width, at.width)), np.zeros((at.width, wanted.shape[1]))
    for start in range(0, len(rows), _BLOCK):
        report(Progress(start, len(rows), "Fitting the straight line"))
        part = slice(start, start + _BLOCK)
        design = first if not start else design_of(frame, terms, rows[part])[0]
        _add(square, right, design, (design.dense - centre) / scale, wanted[part])
    even = np.sqrt(np.where(np.diag(square) > 0, np.diag(square), 1.0))
    found = np.linalg.lstsq(square / even[:, None] / even, right / even[:, None], rcond=_LEAST)[0] / even[:, None]
    found[at.dense_at] /= scale[:, None]
    found[0] -= centre @ found[at.dense_at]
    return at.linear(found)


def _add(square: Floats, right: Floats, design: Design, dense: Floats, wanted: Floats) -> None:
    """Adds the normal equations of some rows. Columns of levels are sparse: one entry a row."""
    from scipy.sparse import coo_matrix

    places = np.concatenate([[0], design.dense_at])
    filled = np.column_stack([np.ones(len(dense)), dense])
    square[np.ix_(places, places)] += filled.T @ filled
    right[places] += filled.T @ wanted
    if not design.codes.shape[1]:
        return
    row, k = np.nonzero(design.codes >= 0)
    levels = coo_matrix((np.ones(len(row)), (row, design.codes[row, k])), shape=(len(dense), design.width)).tocsr()
    beside = levels.T @ filled
    square[:, places] += beside
    square[places] += beside.T
    square += (levels.T @ levels).toarray()
    right += levels.T @ wanted
