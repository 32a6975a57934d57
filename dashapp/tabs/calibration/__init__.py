"""Whether a run's probabilities are chances, its points and score bands, and recalibration."""

from dashapp.tabs.calibration import callbacks
from dashapp.tabs.calibration.layout import layout
from dashapp.tabs.registry import Page, Tab

TAB = Tab("calibration", "Calibration", (Page("/runs/<run_id>/calibration", layout, "Calibration"),), callbacks.register)
