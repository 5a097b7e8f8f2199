"""A virtual environment of its own for the package that we compare with: it needs a newer Python."""

import shutil
import subprocess
from pathlib import Path

PACKAGE = "matching-engine[gateway]==0.1.1"
FOLDER = Path(__file__).resolve().parent.parent / ".bench"
NAMES = ("python3.14", "python3.13", "python3.12")


class NoPeer(Exception):
    """The package cannot be had here; the message says why."""


def peer_python() -> Path:
    """The interpreter that has the package, installed at the first call. Raises NoPeer."""
    python = FOLDER / "bin" / "python"
    stamp = FOLDER / PACKAGE
    if stamp.exists():
        return python
    shutil.rmtree(FOLDER, ignore_errors=True)
    _run([_new_python(), "-m", "venv", FOLDER])
    _run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE])
    stamp.touch()
    return python


def _new_python() -> Path:
    found = [Path(path) for name in NAMES if (path := shutil.which(name))]
    # A pyenv shim is on the PATH for every installed version, but runs only the ones that are selected.
    found += [path for name in NAMES for path in Path.home().glob(f".pyenv/versions/*/bin/{name}")]
    for python in found:
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return python
    raise NoPeer(f"{PACKAGE} needs Python 3.12 or newer, and neither PATH nor ~/.pyenv/versions has one")


def _run(command: list[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoPeer(f"{' '.join(map(str, command))} failed:\n{done.stderr.strip()}")
