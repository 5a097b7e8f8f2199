"""The version of the static files: part of their URL, so that a browser may keep them for ever.

Modules name each other relatively, and so stay within one version.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

DIGITS = 12


def static_version(folders: Iterable[Path], pins: Path) -> str:
    """Of the content of the folders, and of what `pins` says about packages that bring files of their own."""
    digest = hashlib.sha256(pins.read_bytes() if pins.exists() else b"")
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:DIGITS]
