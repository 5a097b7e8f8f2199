"""The project's source as the architecture tests see it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT: Path = settings.BASE_DIR
APPS = ("config", "exchange", "vaults", "custody", "oracle", "ledger", "access", "health")
BESIDE = ("ballast_sdk", "logs", "tools")  # no apps: they know nothing of Django
_NOT_OURS = {"migrations", "node_modules", "__pycache__"}

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources() -> tuple[Path, ...]:
    """Every Python file that a person wrote and maintains, relative to the root."""
    found = [path.relative_to(ROOT) for path in ROOT.rglob("*.py")]
    return tuple(sorted(path for path in found if _is_ours(path)))


def _is_ours(path: Path) -> bool:
    return not any(part in _NOT_OURS or part.startswith(".") for part in path.parts)


def product() -> list[Path]:
    return [path for path in sources() if path.parts[0] in (*APPS, *BESIDE)]


def pure() -> list[Path]:
    """Rules and the engine: what decides, without floats, clock or chance."""
    return [
        path
        for path in product()
        if "engine" in path.parts or "rules" in path.with_suffix("").parts or path.stem == "money"
    ]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def functions(path: Path) -> Iterator[FunctionNode]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def at(path: Path, node: ast.stmt | ast.expr) -> str:
    return f"{path}:{node.lineno}"
