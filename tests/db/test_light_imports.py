"""What the database's modules load before the first query: a web worker pays for it at every start."""

import subprocess
import sys

ALL = "db.engine, db.audit, db.blobs, db.datasets, db.jobs, db.leases, db.runs, db.sign_in, db.users"


def test_neither_arrow_nor_alembic_nor_the_other_database_is_loaded(tmp_path) -> None:
    script = (
        f"import sys\nimport {ALL}\n"
        f"db.engine.Database('sqlite:///{tmp_path / 'x.sqlite'}')\n"
        "print([name for name in ('pyarrow', 'numpy', 'alembic', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
