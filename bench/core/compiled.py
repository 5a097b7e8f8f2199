"""Our engine compiled to C by mypyc: the same sources, in a folder of its own beside the peer's."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from bench.house import ROOT
from bench.peer_environment import FOLDER

SOURCES = ("exchange/__init__.py", "exchange/engine", "ledger/__init__.py", "ledger/money.py")
PLACE = FOLDER / "compiled"


class NoCompiler(Exception):
    """The engine cannot be compiled here; the message says why."""


def compiled_engine() -> Path:
    """The folder to put first on the path; made anew when a source has changed. Raises NoCompiler."""
    stamp = PLACE / _digest()
    if stamp.exists():
        return PLACE
    shutil.rmtree(PLACE, ignore_errors=True)
    for path in _sources():
        (PLACE / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, PLACE / path.relative_to(ROOT))
    modules = [str(path.relative_to(ROOT)) for path in _sources() if path.name != "__init__.py"]
    mypyc = Path(sys.executable).with_name("mypyc")
    if not mypyc.exists():
        raise NoCompiler("mypyc comes with requirements-dev.txt")
    (PLACE / "mypy.ini").write_text("[mypy]\ncache_dir = cache\n")  # not the project's, with its plugins
    done = subprocess.run([mypyc, *modules], cwd=PLACE, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoCompiler(f"mypyc failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    stamp.touch()
    return PLACE


def _sources() -> list[Path]:
    found: list[Path] = []
    for source in SOURCES:
        path = ROOT / source
        found += sorted(path.glob("*.py")) if path.is_dir() else [path]
    return found


def _digest() -> str:
    content = b"".join(path.name.encode() + path.read_bytes() for path in _sources())
    return hashlib.sha256(content).hexdigest()[:16]
