"""Files and functions fit a screen and a head. These limits only ratchet down."""

from pathlib import Path

from tests.architecture.tree import ROOT, functions, product, sources

LONGEST_FILE = 500
LONGEST_TEST_FILE = 600
LONGEST_FUNCTION = 70
# The engine's loop over plain tuples: a call or an object per command costs more than the work it would wrap.
EXEMPT = {(Path("exchange/engine/matching.py"), "apply_batch")}
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "misc"}


def test_files_are_short() -> None:
    assert [str(path) for path in sources() if lines(path) > longest(path)] == []


def lines(path: Path) -> int:
    return (ROOT / path).read_text().count("\n")


def longest(path: Path) -> int:
    return LONGEST_TEST_FILE if path.parts[0] == "tests" else LONGEST_FILE


def test_functions_fit_a_screen() -> None:
    long = {
        (path, function.name)
        for path in sources()
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > LONGEST_FUNCTION
    }
    assert long <= EXEMPT


def test_modules_are_named_after_a_subject() -> None:
    assert [str(path) for path in sources() if EMPTY_WORDS & set(path.with_suffix("").parts)] == []


def test_every_module_says_what_it_owns() -> None:
    silent = [
        path
        for path in product()
        if _has_code(path) and not path.read_text().lstrip().startswith(('"""', "from django.apps"))
    ]
    assert [str(path) for path in silent] == []


def _has_code(path: Path) -> bool:
    return bool(path.read_text().strip())
