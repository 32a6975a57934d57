"""What a column is for."""

ROLES = {
    "target": "outcome: what the model predicts",
    "feature": "input: the model may use it",
    "segment": "segment: kept to look at groups, never trained on",
    "identifier": "key: finds a row again, never trained on",
    "date": "date: orders the rows in time, never trained on",
    "weight": "weight: how much a row counts, never trained on as an input",
    "excluded": "left out: kept with the data, never used",
}
