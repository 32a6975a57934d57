"""Compiled functions work whatever becomes of the files that their code is kept in."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.fitting.compiled import compiled

MODULE = """
import sys
import numpy as np
from pipeline.fitting.compiled import compiled

@compiled("f8(f8[::1])")
def total(values):
    found = 0.0
    for value in values:
        found += value
    return found

assert total(np.arange(4.0)) == 6.0
print(sum(total.stats.cache_hits.values()))
"""


@pytest.fixture
def start(tmp_path):
    (tmp_path / "module.py").write_text(MODULE)
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept"), "PYTHONPATH": root}

    def run():
        command = [sys.executable, str(tmp_path / "module.py")]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return run


def hits(process):
    out, err = process.communicate(timeout=100)
    assert not process.returncode, err
    return int(out)


def test_two_processes_compile_at_once_and_a_third_reads(start):
    both = [start(), start()]
    assert all(hits(process) in (0, 1) for process in both)
    assert hits(start()) == 1


@pytest.mark.parametrize("kind", ["*.nbi", "*.nbc"])
def test_damaged_files_are_made_anew(start, tmp_path, kind):
    assert hits(start()) == 0
    kept = list((tmp_path / "kept").rglob(kind))
    assert kept
    for path in kept:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert hits(start()) == 0
    assert hits(start()) == 1


def test_without_a_place_to_keep_code_it_runs_all_the_same():
    nowhere = {}
    exec(compile("def twice(x):\n    return 2 * x", "<nowhere>", "exec"), nowhere)  # noqa: S102 - has no file, so no cache
    assert compiled()(nowhere["twice"])(np.float64(4.0)) == 8.0
