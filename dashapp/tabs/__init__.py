"""The tabs, in the order of the navigation."""

from dashapp.tabs import data, evaluate, home, intake, jobs, profile, runs, settings, sharing, studies, train, tune
from dashapp.tabs.registry import Tab

TABS: tuple[Tab, ...] = (
    home.TAB,
    data.TAB,
    intake.TAB,
    profile.TAB,
    runs.TAB,
    train.TAB,
    evaluate.TAB,
    tune.TAB,
    studies.TAB,
    sharing.TAB,
    jobs.TAB,
    settings.TAB,
)
