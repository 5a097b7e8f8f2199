"""Which engine a process runs: a build of exactly its sources, or the interpreter, and it says which."""

import shutil
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks
from pytest_django.fixtures import Settings

from config.checks import check_engine
from exchange.compiled import loading, place
from exchange.compiled.loading import BuildFinder, NotCompiled, choose_engine, running
from tests.architecture.tree import APPS

ROOT: Path = settings.BASE_DIR


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading._Choice, "running", running())


@pytest.fixture
def no_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(loading, "build_folder", lambda: tmp_path / "engine-of-other-sources")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that decide what a build is, to change them."""
    for path in (*place.sources(), Path("requirements-dev.txt"), *map(Path, place._RECIPE)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


def test_auto_falls_back_to_the_interpreter_and_says_why(no_build: None) -> None:
    chosen = choose_engine("auto")
    assert chosen == running()
    assert str(chosen) == "interpreted (there is no build of these sources for this Python: make compile)"


def test_compiled_refuses_to_run_anything_else(no_build: None) -> None:
    with pytest.raises(NotCompiled, match="BALLAST_ENGINE=compiled, but there is no build of these sources"):
        choose_engine("compiled")


def test_python_looks_for_no_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "build_folder", lambda: pytest.fail("it looked"))
    assert str(choose_engine("python")) == "interpreted (as BALLAST_ENGINE says)"


def test_a_build_is_not_mixed_with_what_is_imported_already(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built(tmp_path, "exchange/engine/matching", b"")
    monkeypatch.setattr(loading, "build_folder", lambda: tmp_path)
    with pytest.raises(NotCompiled, match=r"exchange\.engine\.matching is imported already"):
        choose_engine("compiled")


def test_a_finder_finds_the_modules_of_its_build_and_none_else(tmp_path: Path) -> None:
    file = built(tmp_path, "ledger/money", b"")
    finder = BuildFinder(place.module_files(tmp_path))
    spec = finder.find_spec("ledger.money", None)
    assert spec is not None
    assert spec.origin == str(file)
    assert finder.find_spec("ledger.batch", None) is None


def built(folder: Path, name: str, content: bytes) -> Path:
    file = folder / f"{name}{place.SUFFIX}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    "changed", ["exchange/engine/matching.py", "ledger/money.py", "exchange/compiled/build.py"]
)
def test_a_changed_source_has_a_build_of_its_own(copy: Path, changed: str) -> None:
    before = place.build_folder(copy)
    (copy / changed).write_text((copy / changed).read_text() + "\n")
    assert place.build_folder(copy) != before


def test_so_has_a_new_source_another_compiler_and_another_python(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [place.build_folder(copy)]
    (copy / "exchange/engine/another.py").touch()
    folders.append(place.build_folder(copy))
    (copy / "requirements-dev.txt").write_text("mypy==0.0.1\n")
    folders.append(place.build_folder(copy))
    monkeypatch.setattr("platform.python_version", lambda: "3.11.0")
    folders.append(place.build_folder(copy))
    assert len(set(folders)) == 4


def test_the_name_of_a_build_depends_on_nothing_else(copy: Path) -> None:
    assert place.build_folder(copy).name == place.build_folder(ROOT).name


def test_an_engine_process_that_wants_a_build_that_is_not_there_does_not_start(copy: Path) -> None:
    """As the process of a deployment: in a checkout whose build is of other sources."""
    shutil.copy(ROOT / "manage.py", copy)
    for app in (*APPS, "logs"):
        shutil.copytree(ROOT / app, copy / app, dirs_exist_ok=True)
    stale = copy / ".compiled" / "engine-0123456789"
    built(stale, "exchange/engine/engine", b"no machine code")
    run = subprocess.run(
        [sys.executable, "manage.py", "run_engine"],
        cwd=copy,
        env={"BALLAST_ENGINE": "compiled", "PATH": "", "DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 1
    assert run.stderr.strip() == (
        "BALLAST_ENGINE=compiled, but there is no build of these sources for this Python: make compile"
    )


def test_an_unknown_engine_is_refused_by_a_system_check(settings: Settings) -> None:
    settings.ENGINE = "turbo"
    assert [error.id for error in check_engine(None)] == ["ballast.E008"]
    assert "ballast.E008" in {error.id for error in run_checks()}
    settings.ENGINE = "compiled"
    assert check_engine(None) == []


def test_the_suffix_is_one_that_python_imports() -> None:
    assert place.SUFFIX in EXTENSION_SUFFIXES
