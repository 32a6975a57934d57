"""Which function does which kind of work. A handler takes (db, job_id, attempt, claimed_by) and ends the job itself."""

HANDLERS = {"train": "dashapp.usecases.training:execute"}
