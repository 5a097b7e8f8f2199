"""The page's check of a proof and the script's of the documentation: both believe the same, and no more."""

import copy
import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.market.modules import ask
from tests.vaults.reserves.tree_cases import customers, published

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
PEOPLE = customers([(number * 1_000, 10**12 + number) for number in range(1, 12)])
CHECK = """(module, [proof, shown, auditId]) => {
  try { module.check(proof, {published: shown, auditId}); return ''; } catch (wrong) { return wrong.message; }
}"""
Proof = dict[str, Any]
Tamper = Callable[[Proof], object]


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page("/design/")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(settings.BASE_DIR) / "docs" / "verify_liabilities.py"
    found = importlib.util.spec_from_file_location("verify_liabilities", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def proof_of(place: int = 4) -> Proof:
    return copy.deepcopy(published(PEOPLE)[place])


def told(page: Page, proof: Proof, shown: Proof | None = None, audit_id: str | None = None) -> str:
    """What the page's check says is wrong; nothing where all is well."""
    snapshot = proof_of()["snapshot"] if shown is None else shown
    return str(ask(page, "reserves/verify.js", CHECK, [proof, snapshot, audit_id]))


def is_believed_by_script(script: ModuleType, proof: Proof) -> bool:
    try:
        script.check(proof, proof_of()["snapshot"])
    except script.Wrong:
        return False
    return True


def test_every_customers_proof_is_believed(page: Page) -> None:
    everybody = published(PEOPLE)
    assert [told(page, one, audit_id=one["leaf"]["audit_id"]) for one in everybody] == [""] * len(PEOPLE)


def _set(*path: Any, to: Any) -> Tamper:
    def tamper(proof: Proof) -> None:
        place: Any = proof
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return tamper


def _drop(*path: Any) -> Tamper:
    def tamper(proof: Proof) -> None:
        place: Any = proof
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return tamper


TAMPERED: dict[str, Tamper] = {
    "more of one's own": _set("leaf", "amounts", 0, "atoms", to="5001"),
    "another name": _set("leaf", "audit_id", to="5:user6"),
    "no name": _set("leaf", "audit_id", to=""),
    "another salt": _set("leaf", "salt", to="00" * 32),
    "a short salt": _set("leaf", "salt", to="00" * 31),
    "no hexadecimal": _set("leaf", "salt", to="zz" * 32),
    "another place": _set("leaf", "index", to="3"),
    "a place outside": _set("leaf", "index", to="99"),
    "a negative neighbour": _set("path", 0, "sums", 0, "atoms", to="-5"),
    "a neighbour as a fraction": _set("path", 0, "sums", 0, "atoms", to=1.5),
    "a neighbour too large": _set("path", 0, "sums", 0, "atoms", to=str(2**128)),
    "another neighbour": _set("path", 1, "hash", to="11" * 32),
    "a step less": _drop("path", 0),
    "assets in another order": lambda proof: proof["path"][0]["sums"].reverse(),
    "an asset less": _drop("leaf", "amounts", 1),
    "another root": _set("snapshot", "root", to="22" * 32),
    "another moment": _set("snapshot", "taken_ms", to=1),
    "fewer customers": _set("snapshot", "customers", to=10),
    "more customers than places": _set("snapshot", "customers", to=99),
    "a flat tree": _set("snapshot", "depth", to=3),
    "lower totals": _set("snapshot", "totals", 0, "atoms", to="1"),
    "a true for a number": _set("snapshot", "position", to=True),
    "an asset twice": _set("snapshot", "totals", 1, "asset", to="BTC"),
    "an asset with a strange name": _set("snapshot", "totals", 1, "asset", to="US\x1bDB"),
    "no assets": _set("snapshot", "totals", to=[]),
    "no leaf": _drop("leaf"),
    "a path that is none": _set("path", to={}),
}


def test_what_was_tampered_with_is_believed_by_neither(page: Page, script: ModuleType) -> None:
    for name, tamper in TAMPERED.items():
        proof = proof_of()
        tamper(proof)
        assert told(page, proof), name
        assert not is_believed_by_script(script, proof), name


def test_a_root_of_ones_own_is_found_by_what_everybody_sees(page: Page) -> None:
    other = published(PEOPLE, taken_ms=1_700_000_000_001)[4]
    assert told(page, other) == "root is not the published one"


def test_anothers_leaf_is_not_taken_for_ones_own(page: Page) -> None:
    assert told(page, proof_of(3), audit_id="5:user5") == "the leaf is somebody else's"
