"""What stands in the package is what the document of today gives, byte for byte."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.architecture.tree import ROOT
from tools.sdk.names import CHOICES, METHODS
from tools.sdk.operations import Operation, operations_of
from tools.sdk.schemas import Schema, Schemas
from tools.sdk.writing import generated, present


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    call_command("spectacular", "--format", "openapi-json", "--file", str(path))
    content: Schema = json.loads(path.read_text())
    return content


@pytest.fixture(scope="module")
def operations(document: Schema) -> list[Operation]:
    return list(operations_of(document, Schemas.of(document)))


def test_it_is_up_to_date(document: Schema) -> None:
    assert present() == generated(document), "make sdk"


def test_every_operation_has_a_name_of_its_own(operations: list[Operation]) -> None:
    assert {one.id for one in operations} == METHODS.keys(), "name it in tools/sdk/names.py"
    names = Counter((one.tag, one.named.method) for one in operations)
    assert [name for name, times in names.items() if times > 1] == []


def test_names_of_choices_are_of_choices_that_are(document: Schema) -> None:
    schemas = Schemas.of(document)
    list(operations_of(document, schemas))
    assert set(CHOICES.values()) <= schemas.choices.keys()


def test_nothing_that_moves_money_is_sent_again_without_an_id(operations: list[Operation]) -> None:
    for one in operations:
        text = (ROOT / "ballast_sdk" / "operations" / f"{one.tag}.py").read_text()
        method = text.partition(f"    def {one.named.method}(")[2].partition("\n    def ")[0]
        if one.method in ("POST", "PATCH", "DELETE"):
            assert "Repeat.ALWAYS" not in method, one.id
            assert ("Repeat.BY_ID" in method) == (one.idempotent or bool(one.named.ids)), one.id


def test_the_package_needs_nothing_of_ours(tmp_path: Path) -> None:
    """In a process that has only its folder and the installed packages, and that Django is kept from."""
    (tmp_path / "ballast_sdk").symlink_to(ROOT / "ballast_sdk")
    (tmp_path / "django.py").write_text("raise ImportError('the SDK needs no Django')\n")
    program = "import sys, ballast_sdk; print([n for n in sys.modules if n.split('.')[0] in OURS])"
    ours = (
        "OURS = {'access', 'config', 'exchange', 'health', 'ledger', 'oracle', 'tests', 'tools', 'django'}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", ours + program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
