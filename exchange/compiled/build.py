"""`make compile`: compiles the engine with mypyc into the folder that its sources name. Optional."""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.metadata import version
from pathlib import Path

from exchange.compiled.place import BUILDS, ROOT, SUFFIX, build_folder, modules, pinned_mypy, sources


class NoCompiler(Exception):
    """The engine cannot be compiled here; the message says what is missing."""


def compiled_engine() -> Path:
    """The folder of the build, made if there is none; builds of other sources go. Raises NoCompiler."""
    folder = build_folder()
    if folder.exists():
        return folder
    _check_tools()
    BUILDS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILDS, prefix="making-") as name:
        _compile(Path(name) / "sources")
        made = Path(name) / "made"
        _collect(Path(name) / "sources", made)
        for old in BUILDS.glob("engine-*"):
            shutil.rmtree(old)
        made.rename(folder)  # there as a whole or not at all
    return folder


def _check_tools() -> None:
    if importlib.util.find_spec("mypyc") is None:
        raise NoCompiler("mypyc is missing: it comes with requirements-dev.txt (make setup-dev)")
    if version("mypy") != pinned_mypy():
        raise NoCompiler(f"mypy {version('mypy')} is not the pinned {pinned_mypy()} (make setup-dev)")
    compiler = os.environ.get("CC") or str(sysconfig.get_config_var("CC"))
    if shutil.which(compiler.split()[0]) is None:
        raise NoCompiler(f"the C compiler {compiler.split()[0]!r} is missing (Debian: apt-get install gcc)")
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        raise NoCompiler("Python.h is missing: the headers of this Python (Debian: python3-dev)")


def _compile(place: Path) -> None:
    """In a copy, so that no binary ever lies beside the sources."""
    for path in sources():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, place / path)
    for package in ("exchange", "ledger"):
        (place / package / "__init__.py").touch()
    (place / "mypy.ini").write_text("[mypy]\n")  # not the project's, with its plugins
    command = [sys.executable, "-m", "mypyc", *map(str, modules())]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise NoCompiler(f"mypyc failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _collect(sources: Path, made: Path) -> None:
    """The shared objects alone: without the sources beside them nothing else can be imported from there."""
    for path in sources.rglob(f"*{SUFFIX}"):
        name = path.relative_to(sources)
        if name.parts[0] != "build":
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, made / name)


def main() -> None:
    try:
        sys.stdout.write(f"the compiled engine is in {compiled_engine().relative_to(ROOT)}\n")
    except NoCompiler as error:
        sys.exit(f"the engine is not compiled: {error}")


if __name__ == "__main__":
    main()
