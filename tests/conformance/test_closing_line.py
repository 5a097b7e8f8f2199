"""The last line of continuous integration: pytest's closing line, with all runs of a log added up."""

import subprocess
from pathlib import Path

from django.conf import settings


def closing_line(folder: Path, log: str) -> str:
    path = folder / "log"
    path.write_text(log)
    script = settings.BASE_DIR / ".ci" / "closing-line"
    return subprocess.run([script, path], capture_output=True, text=True, check=True).stdout.strip(" =\n")


def test_it_adds_up_every_run(tmp_path: Path) -> None:
    log = """
5 passed in 1.20s
=========== short test summary info ===========
====== 1 failed, 40 passed, 2 skipped, 1 warning in 12.30s (0:00:12) ======
FAILED tests/test_x.py::test_y - assert 3 == 4 in 5.0s
=== 10 passed, 2 errors in 3.00s ===
"""
    assert closing_line(tmp_path, log) == "1 failed, 55 passed, 2 skipped, 2 errors, 1 warning in 16.50s"


def test_it_says_where_nothing_ran(tmp_path: Path) -> None:
    assert closing_line(tmp_path, "make: *** no rule\n") == "no tests ran in 0.00s"
