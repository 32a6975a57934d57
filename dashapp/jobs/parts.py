"""A part of a job, in whichever process does it."""

import importlib
import os
from typing import Any

from dashapp.jobs.worker import LOWEST_PRIORITY, database
from dashapp.settings import Settings
from dashapp.usecases.work import sentence
from db.errors import DatabaseError, NotReady
from pipeline.errors import PipelineError, Stopped

DONE, STOPPED, BAD = "done", "stopped", "bad"


def do_part(settings: Settings, part: str, job_id: str, attempt: int, number: int) -> tuple[str, Any]:
    """What the part gives, or that it was stopped, or the sentence that the user can mend it by.

    As words, since the exceptions of a sentence do not travel between processes. Faults of ours are raised.
    """
    os.nice(LOWEST_PRIORITY)
    module, function = part.split(":")
    try:
        return DONE, getattr(importlib.import_module(module), function)(database(settings.database_url), job_id, attempt, number)
    except Stopped:
        return STOPPED, None
    except NotReady:
        raise
    except (PipelineError, DatabaseError) as fault:
        return BAD, sentence(fault)
