"""CPU from `python -m dashapp serve` on an existing database to the sign-in page, against `python -c "import dash"`.

Counted over the whole process tree: parent, gunicorn with its workers, and the supervisor. Both start from compiled modules, as
an installation has them: pip compiles Dash, `make install` ours. Goal: at most 3 times.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from statistics import median

import psutil

ROOT = Path(__file__).resolve().parents[2]
REPEATS = 5
GOAL = 3.0


def of_import() -> float:
    """CPU seconds of a Python that imports Dash."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import dash"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def of_serving(environment: dict[str, str]) -> tuple[float, float]:
    """CPU and wall seconds until the sign-in page has been answered."""
    began = time.monotonic()
    server = subprocess.Popen(
        [sys.executable, "-m", "dashapp", "serve"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]  # connections wait in the open socket from here on
        with urllib.request.urlopen(f"{address}/sign-in", timeout=60) as answer:  # noqa: S310 - our own address on loopback
            assert answer.status == 200
        wall = time.monotonic() - began
        tree = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        return sum(sum(process.cpu_times()[:4]) for process in tree), wall
    finally:
        server.terminate()
        server.wait(40)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "SCOREDESK_DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite'}",
            "SCOREDESK_SECRET": "b" * 40,
            "SCOREDESK_HTTPS": "0",
            "SCOREDESK_PORT": "0",
        }
        # Again, because what was edited since would be compiled at each start where Python is told not to write.
        subprocess.run([sys.executable, "-m", "compileall", "-q", "dashapp", "db", "pipeline"], cwd=ROOT, check=True)
        subprocess.run([sys.executable, "-m", "dashapp", "migrate"], env=environment, check=True, capture_output=True)
        # Taken in turn, so that what else the machine does weighs on both.
        pairs = [(of_import(), *of_serving(environment)) for _ in range(REPEATS)]
    peer, ours, wall = (median(column) for column in zip(*pairs, strict=True))
    ratio = ours / peer
    print(
        f"CPU s   import dash {peer:.2f}   serve to sign-in page {ours:.2f} (wall {wall:.2f})  ratio {ratio:.2f}, goal {GOAL:.1f}"
    )


if __name__ == "__main__":
    main()
