"""The compiled engine, where there is a build of these sources, against the naive book and the other one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.compiled.place import build_folder
from tests.engine.compiled_journals import told

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.skipif(not build_folder().exists(), reason="no build of these sources: make compile"),
    pytest.mark.timeout(300),
]
JOURNALS = 40


def run_compiled(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, for this one has imported the interpreted engine."""
    return subprocess.run(
        [sys.executable, "-m", "exchange.compiled.run", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_passes_every_test_of_the_engine() -> None:
    others = ["tests/engine", f"--ignore={Path(__file__).relative_to(ROOT)}"]
    done = run_compiled("pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *others)
    assert done.returncode == 0, done.stdout[-3000:]


def test_both_say_the_same_of_every_journal() -> None:
    done = run_compiled("tests.engine.compiled_journals", str(JOURNALS))
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout)
    assert said["compiled"]
    assert said["journals"] == [told(seed) for seed in range(JOURNALS)]
