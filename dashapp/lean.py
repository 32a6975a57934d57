"""What a process that serves pages does without."""

import os
import sys
from typing import Any


class _NoPandas:
    """Stands before the importers and lets nobody find pandas."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("A process that serves pages does without pandas; see dashapp.lean.", name=name)


def refuse_pandas() -> None:
    """Makes `import pandas` fail in this process. Nothing here needs it, but pyarrow loads it to ask whether a list is a Series.

    That takes half a second, and an answer that plotly writes in another thread in the meantime fails: plotly finds the module
    half made and asks it for what it does not have yet.
    """
    sys.meta_path.insert(0, _NoPandas())


def one_thread_each() -> None:
    """Linear algebra in one thread: requests are served beside each other, and what they compute is small.

    Threads of a linear algebra library would wait for each other more than they work. Before numpy is loaded.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
