"""Fitting: from a design and classes to weights at the optimum."""

from pipeline.fitting.newton import aliased_columns, fit, solve_definite
from pipeline.fitting.problem import Fit, Link, Point, Problem

__all__ = ["Fit", "Link", "Point", "Problem", "aliased_columns", "fit", "solve_definite"]
