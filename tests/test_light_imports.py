"""What a process loads decides how fast it starts and how much memory it holds, so it is part of the contract."""

import subprocess
import sys

import pytest

HEAVY_FOR_WEB = (
    "sklearn",
    "scipy",
    "pandas",
    "pyarrow",
    "numpy",
    "numba",
    "distributed",
    "dask",
    "alembic",
    "statsmodels",
    "lime",
    "sqlalchemy.dialects.postgresql",  # of an installation on SQLite
)


def loaded_by(statement: str) -> set[str]:
    """The modules in memory after the statement, in a process of its own."""
    script = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_results_and_specs_load_nothing_heavy() -> None:
    loaded = loaded_by("import pipeline.results, pipeline.spec")
    assert not loaded & {"numpy", "plotly", *HEAVY_FOR_WEB}


def test_the_command_line_starts_without_dash() -> None:
    assert not loaded_by("import dashapp.__main__") & {"dash", "plotly", "flask", *HEAVY_FOR_WEB}


@pytest.mark.parametrize("module", HEAVY_FOR_WEB)
def test_a_web_worker_starts_without(module: str, web_modules: set[str]) -> None:
    assert "dashapp.tabs" in web_modules
    assert module not in web_modules


@pytest.fixture(scope="module")
def web_modules() -> set[str]:
    return loaded_by(
        "from dashapp.settings import Settings\n"
        "from dashapp.app import create_app\n"
        "create_app(Settings(database_url='sqlite:///never-opened.sqlite', secret='x' * 32))"
    )
