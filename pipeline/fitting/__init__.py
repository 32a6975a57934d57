"""Fitting: from a design and classes to weights at the optimum."""

from pipeline.fitting.newton import aliased_columns
from pipeline.fitting.problem import Fit, Link, Point, Problem
from pipeline.fitting.quadratic import solve_definite
from pipeline.fitting.solve import fit
from pipeline.solvers import SOLVERS, solver_problem

__all__ = ["SOLVERS", "Fit", "Link", "Point", "Problem", "aliased_columns", "fit", "solve_definite", "solver_problem"]
