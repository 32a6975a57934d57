"""Processes are started anew when they die, and all end when the parent is told to."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.dashapp.waiting import until

PROGRAM = """
    import os, signal, sys, time
    from dashapp.commands.processes import Kept, keep

    def steady():
        with open("steady", "a") as file:
            file.write(f"{os.getpid()}\\n")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        while True:
            time.sleep(0.05)

    def deaf():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        open("deaf", "w").close()
        while True:
            time.sleep(0.05)

    import dashapp.commands.processes as processes
    processes._PATIENCE = 1.0
    names = {"steady": steady, "deaf": deaf}
    sys.exit(keep([Kept(name, names[name]) for name in sys.argv[1:]]))
"""


def pids(folder: Path) -> list[int]:
    file = folder / "steady"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def start(folder: Path, *names: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(PROGRAM), *names], cwd=folder)


def test_a_killed_process_comes_back_and_all_end_on_sigterm(tmp_path: Path) -> None:
    parent = start(tmp_path, "steady")
    try:
        until(lambda: len(pids(tmp_path)) == 1)
        os.kill(pids(tmp_path)[0], signal.SIGKILL)
        until(lambda: len(pids(tmp_path)) == 2)
        parent.send_signal(signal.SIGTERM)
        assert parent.wait(10) == 0
        assert all(gone(pid) for pid in pids(tmp_path))
    finally:
        parent.kill()
        parent.wait()


def test_what_does_not_end_is_killed(tmp_path: Path) -> None:
    parent = start(tmp_path, "steady", "deaf")
    try:
        until(lambda: (tmp_path / "deaf").exists() and len(pids(tmp_path)) == 1)
        parent.send_signal(signal.SIGINT)
        assert parent.wait(10) == 1
        assert gone(pids(tmp_path)[0])
    finally:
        parent.kill()
        parent.wait()


@pytest.mark.parametrize(("body", "code"), [("return 0", 0), ("return 3", 3), ("sys.exit(4)", 4), ("raise ValueError", 1)])
def test_a_function_apart_gives_its_exit_code(body: str, code: int) -> None:
    program = f"import sys\nfrom dashapp.commands.processes import run_apart\ndef run():\n    {body}\nsys.exit(run_apart(run))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == code
