"""Which function does which kind of work. A handler takes (db, job_id, attempt, settings) and ends the job itself."""

HANDLERS = {
    "train": "dashapp.usecases.training:execute",
    "examine": "dashapp.usecases.examining:execute",
    "save": "dashapp.usecases.saving:execute",
    "profile": "dashapp.usecases.profiles:execute",
    "compare": "dashapp.usecases.comparisons:execute",
}
