"""python -m pipeline: the analysis on files, without a server."""

import codecs
import io
import os
import signal
import sys
from collections.abc import Sequence

# Blocks of a fit are small: threads of a linear algebra library would wait for each other more than they work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pipeline.commands import COMMANDS
from pipeline.commands.parsing import Parser, why
from pipeline.errors import PipelineError

_IN_ASCII = {"−": "-", "–": "-", "×": "x", "²": "2"}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; 0 when it did, 2 with one sentence on standard error when the input was wrong.

    A command that tells what is wrong in its own way, as inspect --json does, gives the code back itself.
    """
    if sys.stdout is None:
        print("There is no standard output to write to.", file=sys.stderr)
        return 2
    parser = Parser(prog="python -m pipeline", description="Logistic regression on files, without a server.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        sub = commands.add_parser(command.NAME, help=command.HELP)
        command.add(sub)
        sub.set_defaults(run=command.run)
    try:
        arguments = parser.parse_args(argv)
        code: int | None = arguments.run(arguments)
        sys.stdout.flush()
    except PipelineError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has seen enough
        _write_no_more()
        code = 0
    except OSError as error:  # such as a full disk
        print(f"The system says: {why(error)}.", file=sys.stderr)
        _write_no_more()
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return code or 0


def _write_no_more() -> None:
    """What is left in the buffer of standard output would be written, and fail again, at the end of the process."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _plain(error: UnicodeError) -> tuple[str, int]:
    """For a terminal that lacks the signs of our texts: a minus must not become a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_IN_ASCII.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


def _end(number: int, _frame: object) -> None:
    """Ends as after an error, so that no half-written file is left behind."""
    sys.exit(128 + number)


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # under nohup a hang-up is ignored
            signal.signal(number, _end)
    if isinstance(sys.stdout, io.TextIOWrapper):
        codecs.register_error("plain", _plain)
        sys.stdout.reconfigure(errors="plain")
    sys.exit(main())
