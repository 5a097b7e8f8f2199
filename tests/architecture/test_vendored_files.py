"""What the pages are given of others' work is what its recipe made: nobody mends or swaps a vendored file."""

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("dashboard/static/dashboard/vendor", "access/static/access/vendor", "tests/browser/vendor")
HASHES: dict[str, str] = json.loads((ROOT / "tools/vendor/hashes.json").read_text())


def test_every_vendored_file_is_the_one_whose_hash_is_noted() -> None:
    assert {path: hashlib.sha256((ROOT / path).read_bytes()).hexdigest() for path in HASHES} == HASHES


def test_no_file_stands_among_them_that_the_recipe_does_not_make() -> None:
    here = {str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).rglob("*.*")}
    assert {path for path in here if not path.endswith(".md")} == set(HASHES)


def test_every_dependency_is_pinned_to_one_version() -> None:
    package = json.loads((ROOT / "tools/vendor/package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert [name for name, version in versions.items() if not version[0].isdigit()] == []


def test_the_licence_of_every_package_is_told() -> None:
    told = "".join((ROOT / folder / "LICENSES.md").read_text() for folder in FOLDERS[:2])
    locked = json.loads((ROOT / "tools/vendor/package-lock.json").read_text())["packages"]
    shipped = {
        path.removeprefix("node_modules/"): entry["version"]
        for path, entry in locked.items()
        if path and not entry.get("dev") and path != "node_modules/axe-core"
    }
    assert [name for name, version in shipped.items() if f"## {name} {version}" not in told] == []
