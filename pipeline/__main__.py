"""python -m pipeline: the analysis on files, without a server."""

import os
import sys
from collections.abc import Sequence

# Blocks of a fit are small: threads of a linear algebra library would wait for each other more than they work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pipeline.commands import COMMANDS
from pipeline.commands.parsing import Parser
from pipeline.errors import PipelineError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; 0 when it did, 2 with one sentence on standard error when the input was wrong.

    A command that tells what is wrong in its own way, as inspect --json does, gives the code back itself.
    """
    parser = Parser(prog="python -m pipeline", description="Logistic regression on files, without a server.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        sub = commands.add_parser(command.NAME, help=command.HELP)
        command.add(sub)
        sub.set_defaults(run=command.run)
    try:
        arguments = parser.parse_args(argv)
        code: int | None = arguments.run(arguments)
    except PipelineError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    return code or 0


if __name__ == "__main__":
    sys.exit(main())
