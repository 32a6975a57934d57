"""A real supervisor with the tests' kinds of work, for a process of its own: python supervise.py [PARENT_PID]."""

import logging
import os
import sys

from dashapp.jobs.handlers import HANDLERS
from dashapp.jobs.supervisor import run_supervisor
from dashapp.settings import Settings

KINDS = {kind: f"slow_work:{kind}" for kind in ("wait", "hold", "break_down", "die")}
if os.environ.get("SCOREDESK_TEST_HELD"):
    KINDS[os.environ["SCOREDESK_TEST_HELD"]] = "slow_work:study"

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    parent = int(sys.argv[1]) if len(sys.argv) > 1 else None
    run_supervisor(Settings.from_env(), parent_pid=parent, handlers={**HANDLERS, **KINDS})
