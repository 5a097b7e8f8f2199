"""What calls what can be read at the top of a file: no hidden imports, no signals, no missing types."""

import ast
import configparser
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import APPS, ROOT, FunctionNode, at, functions, parsed, product, sources

PRIVATE = ("models", "api", "tasks", "worker", "admin", "consumers")


def test_imports_stand_at_the_top() -> None:
    late = [
        at(path, node)
        for path in sources()
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert late == []


def test_nothing_listens_to_signals() -> None:
    assert [place for path in product() for place in listeners(path)] == []


def listeners(path: Path) -> Iterator[str]:
    imported = {
        alias.asname or alias.name: node.module or ""
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    signals = {name for name, module in imported.items() if module.endswith("signals")}
    if "receiver" in imported:
        yield f"{path} receiver"
    for node in ast.walk(parsed(path)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="connect")) if name in signals:
                yield at(path, node)


def test_every_function_is_fully_annotated() -> None:
    bare = [at(path, one) for path in sources() for one in functions(path) if not is_annotated(one)]
    assert bare == []


def is_annotated(function: FunctionNode) -> bool:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [star for star in (arguments.vararg, arguments.kwarg) if star is not None]
    return function.returns is not None and all(one.annotation or one.arg in ("self", "cls") for one in named)


@pytest.mark.parametrize("app", [app for app in APPS if app != "config"])
def test_an_apps_private_modules_are_protected_by_a_contract(app: str) -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    protected = set(contracts[f"importlinter:contract:{app}_private"]["protected_modules"].split())
    existing = {f"{app}.{name}" for name in PRIVATE if _module_exists(app, name)}
    assert protected == existing, f"list them in .importlinter under {app}_private"


def _module_exists(app: str, name: str) -> bool:
    return (ROOT / app / f"{name}.py").exists() or (ROOT / app / name / "__init__.py").exists()


def test_nothing_depends_on_where_somebody_keeps_the_project() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    places = ["/" + "work/", "/" + "home/"]
    named = [name for name in tracked if name and _mentions(ROOT / name, places)]
    assert named == []


def _mentions(path: Path, words: list[str]) -> bool:
    text = path.read_text(errors="replace") if path.is_file() else ""
    return any(word in text for word in words)
