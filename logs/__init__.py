"""Log lines without secrets. Loads structlog as if there were no rich, which it would load for colors that no
line of ours has: some 70 ms of each process's start."""

import importlib
import sys

if "rich" not in sys.modules:
    sys.modules["rich"] = None  # type: ignore[assignment]  # the import system's word for what is not there
    importlib.import_module("structlog")
    del sys.modules["rich"]
