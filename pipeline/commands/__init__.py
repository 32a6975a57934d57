"""The commands of `python -m pipeline`, each a module with `add` and `run`."""

from pipeline.commands import evaluate, explain, inspect, profile, read, score, segments, train

COMMANDS = (inspect, read, profile, train, score, evaluate, segments, explain)
