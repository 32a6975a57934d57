"""Which function does which kind of work. A handler takes (db, job_id, attempt, settings) and ends the job itself.

One that also takes a `pool` (dashapp.usecases.spreading) does its job in parts, beside each other on the cluster.
"""

HANDLERS = {
    "train": "dashapp.usecases.training:execute",
    "examine": "dashapp.usecases.examining:execute",
    "save": "dashapp.usecases.saving:execute",
    "profile": "dashapp.usecases.profiles:execute",
    "compare": "dashapp.usecases.comparisons:execute",
    "path": "dashapp.usecases.tuning:execute",
    "search": "dashapp.usecases.searches:execute",
    "imbalance": "dashapp.usecases.imbalances:execute",
    "segments": "dashapp.usecases.segments:execute",
    "worst": "dashapp.usecases.segments:execute",
    "pairing": "dashapp.usecases.pairings:execute",
    "monitor": "dashapp.usecases.monitoring:execute",
    "judge_score": "dashapp.usecases.outside_scores:execute",
    "recalibrate": "dashapp.usecases.recalibrating:execute",
    "background": "dashapp.usecases.backgrounds:execute",
    "reference": "dashapp.usecases.segment_references:execute",
    "reasons": "dashapp.usecases.reasons_tables:execute",
    "similar": "dashapp.usecases.similar:execute",
    "lime": "dashapp.usecases.limes:execute",
    "effects": "dashapp.usecases.effects:execute",
    "boundary": "dashapp.usecases.boundary_work:execute",
    "two_fields": "dashapp.usecases.boundary_work:execute",
}
