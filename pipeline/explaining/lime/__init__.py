"""LIME of a run: the package itself, on the run's own scoring, with its account beside the exact one."""
