"""The source of what runs, changes included, for everybody who uses it: the licence asks for that.

What is in it is named, so that nothing of a deployment's own (settings, state, secrets) can be.
"""

import io
import tarfile
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FOLDERS = (
    *("access", "ballast_sdk", "bench", "config", "conformance", "custody", "dashboard", "docs", "exchange"),
    *("health", "ledger", "logs", "oracle", "tests", "tools", "vaults"),
)
FILES = (
    *("CHANGELOG.md", "LICENSE", "Makefile", "Procfile", "README.md", "constraints.txt", "manage.py"),
    *("pyproject.toml", "requirements.txt", "requirements-dev.txt"),
    *("Dockerfile", "app.json", "railway.json", "railway.all.json"),
    "bin/line",
)
KINDS = {
    *(".py", ".md", ".txt", ".json", ".html", ".css", ".js", ".mjs", ".svg", ".toml", ".ini", ".sh", ".sql"),
    *(".lock", ".csv"),
}
LEFT_OUT = {"__pycache__", "node_modules"}


def source(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(_archive(Path(settings.BASE_DIR)), content_type="application/gzip")
    response.headers["Content-Disposition"] = 'attachment; filename="ballast.tar.gz"'
    return response


@cache
def _archive(base: Path) -> bytes:
    """Made once for each process: what runs does not change."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz", compresslevel=6) as archive:
        for path in sorted(_named(base)):
            archive.add(path, f"ballast/{path.relative_to(base)}", recursive=False, filter=_nobodys)
    return content.getvalue()


def _named(base: Path) -> list[Path]:
    inside = [path for folder in FOLDERS for path in (base / folder).rglob("*") if _is_source(path)]
    return [path for path in [*(base / name for name in FILES), *inside] if path.is_file()]


def _is_source(path: Path) -> bool:
    return path.suffix in KINDS and not LEFT_OUT.intersection(path.parts) and not path.is_symlink()


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
