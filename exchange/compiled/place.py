"""Where the compiled engine of exactly these sources lies, or would lie. Builds and loads nothing."""

import hashlib
import platform
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILDS = ROOT / ".compiled"  # git-ignored
SUFFIX = str(sysconfig.get_config_var("EXT_SUFFIX"))
_SOURCES = ("exchange/engine/*.py", "ledger/money.py")
# Packages, and what callers touch: compiled it would be strict about enums and know no weak references.
_LEFT_OUT = ("__init__.py", "commands.py", "engine.py")
_RECIPE = ("exchange/compiled/place.py", "exchange/compiled/build.py")
_TOOLS = "requirements-dev.txt"


def sources(root: Path = ROOT) -> list[Path]:
    """The engine and what it imports, relative to the root."""
    return sorted(path.relative_to(root) for pattern in _SOURCES for path in root.glob(pattern))


def modules() -> list[Path]:
    """Those of them that are compiled."""
    return [path for path in sources() if path.name not in _LEFT_OUT]


def pinned_mypy(root: Path = ROOT) -> str:
    """The version that compiles, from the pinned tools: who runs a build need not have the tool."""
    lines = (root / _TOOLS).read_text().splitlines()
    return next(line.removeprefix("mypy==") for line in lines if line.startswith("mypy=="))


def build_folder(root: Path = ROOT) -> Path:
    """Its name has a digest of all that decides what a build is, so that a stale one is never found."""
    said = [platform.python_version(), SUFFIX, pinned_mypy(root)]
    for path in (*sources(root), *map(Path, _RECIPE)):
        said += [path.as_posix(), hashlib.sha256((root / path).read_bytes()).hexdigest()]
    digest = hashlib.sha256("\n".join(said).encode()).hexdigest()[:20]
    return root / BUILDS.name / f"engine-{digest}"


def module_files(folder: Path) -> dict[str, Path]:
    """The compiled modules of a build by the names that one imports; none where there is no build."""
    files = {path.relative_to(folder): path for path in folder.rglob(f"*{SUFFIX}")}
    return {".".join(name.parts).removesuffix(SUFFIX): path for name, path in files.items()}
