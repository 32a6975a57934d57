"""The tabs, in the order of the navigation."""

from dashapp.tabs import (
    calibration,
    compare,
    data,
    evaluate,
    home,
    intake,
    jobs,
    monitor,
    profile,
    runs,
    scores,
    segments,
    settings,
    sharing,
    studies,
    threshold,
    train,
    tune,
)
from dashapp.tabs.registry import Tab

TABS: tuple[Tab, ...] = (
    home.TAB,
    data.TAB,
    intake.TAB,
    profile.TAB,
    runs.TAB,
    train.TAB,
    scores.TAB,
    evaluate.TAB,
    tune.TAB,
    threshold.TAB,
    calibration.TAB,
    segments.TAB,
    monitor.TAB,
    studies.TAB,
    compare.TAB,
    sharing.TAB,
    jobs.TAB,
    settings.TAB,
)
