"""The commands of `python -m pipeline`, each a module with `add` and `run`."""

from pipeline.commands import inspect, score, train

COMMANDS = (train, score, inspect)
