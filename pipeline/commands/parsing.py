"""Arguments, files and output as all commands treat them."""

import argparse
import csv
import json
import sys
from typing import Any, NoReturn

from pipeline.errors import PipelineError
from pipeline.special_codes import SpecialCodes, special_codes


class WrongUse(PipelineError):
    """The command line is wrong."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, and leaves the usage to --help. Options of a command may stand between its files."""

    _between = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[argparse.Namespace, list[str]]:  # type: ignore[override]
        if self._between or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._between = True  # what follows comes back here
        try:
            return self.parse_intermixed_args(args, namespace), []
        finally:
            self._between = False

    def error(self, message: str) -> NoReturn:
        raise WrongUse(f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.")


def add_special_codes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--special-code",
        metavar="COLUMN:CODE=level,CODE=missing",
        action="append",
        default=[],
        help="values with a meaning of their own; once for each column",
    )


def codes_of(arguments: argparse.Namespace) -> SpecialCodes:
    """What --special-code said. Raises WrongUse where that is no code."""
    try:
        return special_codes("\n".join(arguments.special_code))
    except ValueError as error:
        raise WrongUse(f"--special-code: {error}") from None


def names_of(text: str | None) -> list[str] | None:
    """`a,b,"c, d"` as three names."""
    if text is None:
        return None
    return [name.strip() for name in next(csv.reader([text]), []) if name.strip()]


def print_json(value: Any) -> None:
    """One object on standard output; NaN and Infinity, which are no JSON, are a defect and refused."""
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")  # else letters are escaped, which is JSON as well
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=not is_unicode, allow_nan=False) + "\n")


def why(error: OSError) -> str:
    """What the system says, as the end of a sentence."""
    return (error.strerror or "it cannot be opened").lower()
