"""The regularisation path of a run: every C at once, over the folds and on the parts, for a screen that moves without asking."""

from pipeline.tuning.path import tuning_path

__all__ = ["tuning_path"]
