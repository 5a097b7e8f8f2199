"""The script that a customer runs himself: it believes a right proof, and nothing that was tampered with.

It runs as a process of its own, isolated: without the project and without installed packages. Most cases call
its `main`, as that process does.
"""

import copy
import importlib.util
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings

from tests.vaults.reserves.tree_cases import customers, published

SCRIPT = Path(settings.BASE_DIR) / "docs" / "verify_liabilities.py"
PEOPLE = customers([(number * 1_000, 10**12 + number) for number in range(1, 12)])
Proof = dict[str, Any]
Tamper = Callable[[Proof], object]


def right() -> Proof:
    return copy.deepcopy(published(PEOPLE)[4])


def run(proof: object, *options: str, file: Path | None = None) -> subprocess.CompletedProcess[str]:
    text = proof if isinstance(proof, str) else json.dumps(proof)
    where = [str(file)] if file else []
    if file:
        file.write_text(text)
    command = [sys.executable, "-I", "-S", str(SCRIPT), *where, *options]
    return subprocess.run(
        command, input="" if file else text, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.fixture(scope="module")
def script() -> ModuleType:
    found = importlib.util.spec_from_file_location("verify_liabilities", SCRIPT)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def is_proved(script: ModuleType, proof: Proof, shown: Proof | None = None) -> bool:
    """What was shown to everybody is the right snapshot unless given."""
    try:
        script.check(json.loads(json.dumps(proof)), shown or right()["snapshot"])
    except script.Wrong:
        return False
    return True


def test_a_right_proof_is_believed_out_of_a_file_or_from_standard_input(tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot.json"
    snapshot.write_text(json.dumps({"snapshot": right()["snapshot"]}))
    for file in (None, tmp_path / "proof.json"):
        done = run(right(), "--published", str(snapshot), file=file)
        assert (done.returncode, done.stderr) == (0, "")
        assert right()["snapshot"]["root"] in done.stdout
        assert "What it does not prove" in done.stdout
        assert "compare it with the published one" not in done.stdout


def test_without_a_published_root_it_says_where_the_root_came_from() -> None:
    done = run(right())
    assert done.returncode == 0
    assert "The root was taken from the proof itself" in done.stdout


def test_it_compares_what_is_given_by_hand() -> None:
    snapshot, audit_id = right()["snapshot"], right()["leaf"]["audit_id"]
    totals = [f"--total={row['asset']}={row['atoms']}" for row in snapshot["totals"]]
    given = [f"--root={snapshot['root']}", *totals, f"--audit-id={audit_id}"]
    assert run(right(), *given).returncode == 0
    for wrong in ("--root=" + "0" * 64, "--total=BTC=1", "--total=ETH=0", "--audit-id=1:mallory"):
        done = run(right(), wrong)
        assert (done.returncode, done.stderr) == (1, "")
        assert done.stdout.startswith("NOT PROVED: ")


def move(proof: Proof) -> None:
    """Between a leaf and its neighbour: the sum above both stays what it was."""
    own, beside = proof["leaf"]["amounts"][0], proof["path"][0]["sums"][0]
    own["atoms"] = str(int(own["atoms"]) - 1)
    beside["atoms"] = str(int(beside["atoms"]) + 1)


def make_negative(proof: Proof) -> None:
    proof["path"][0]["sums"][0]["atoms"] = "-1000"


def wrap_around(proof: Proof) -> None:
    """What would be -1 where sums are taken modulo 2^128: the sum has no room."""
    proof["path"][0]["sums"][0]["atoms"] = str(2**128 - 1)


def swap_sides(proof: Proof) -> None:
    proof["leaf"]["index"] = str(int(proof["leaf"]["index"]) ^ 1)


def truncate(proof: Proof) -> None:
    proof["path"].pop()
    proof["snapshot"]["depth"] -= 1


def begin_above(proof: Proof) -> None:
    """A node is shown as the leaf."""
    proof["path"].pop(0)
    proof["leaf"]["index"] = str(int(proof["leaf"]["index"]) >> 1)


def another_salt(proof: Proof) -> None:
    proof["leaf"]["salt"] = "00" * 32


def another_name(proof: Proof) -> None:
    proof["leaf"]["audit_id"] = "1:mallory"


def more_for_me(proof: Proof) -> None:
    proof["leaf"]["amounts"][1]["atoms"] += "0"


def assets_swapped(proof: Proof) -> None:
    proof["leaf"]["amounts"].reverse()


def everywhere_swapped(proof: Proof) -> None:
    for rows in (
        proof["leaf"]["amounts"],
        proof["snapshot"]["totals"],
        *(one["sums"] for one in proof["path"]),
    ):
        rows.reverse()


def another_hash(proof: Proof) -> None:
    proof["path"][-1]["hash"] = "11" * 32


def another_place(proof: Proof) -> None:
    proof["leaf"]["index"] = str(int(proof["leaf"]["index"]) + 2 ** len(proof["path"]))


def steps_swapped(proof: Proof) -> None:
    proof["path"][0], proof["path"][1] = proof["path"][1], proof["path"][0]


def fewer_customers(proof: Proof) -> None:
    proof["snapshot"]["customers"] -= 1


def too_many_customers(proof: Proof) -> None:
    proof["snapshot"]["customers"] = 17


def another_time(proof: Proof) -> None:
    proof["snapshot"]["taken_ms"] += 1


def less_in_all(proof: Proof) -> None:
    proof["snapshot"]["totals"][0]["atoms"] = "1"


def no_total(proof: Proof) -> None:
    proof["snapshot"]["totals"].pop()


def an_asset_twice(proof: Proof) -> None:
    proof["snapshot"]["totals"][1]["asset"] = "BTC"


TAMPERED: list[Tamper] = [
    move,
    make_negative,
    wrap_around,
    swap_sides,
    truncate,
    begin_above,
    another_salt,
    another_name,
    more_for_me,
    assets_swapped,
    everywhere_swapped,
    another_hash,
    another_place,
    steps_swapped,
    fewer_customers,
    too_many_customers,
    another_time,
    less_in_all,
    no_total,
    an_asset_twice,
]


@pytest.mark.parametrize("tamper", TAMPERED, ids=lambda one: one.__name__)
def test_what_was_tampered_with_is_not_proved(script: ModuleType, tamper: Tamper) -> None:
    proof = right()
    tamper(proof)
    shown = proof["snapshot"]  # so that it is not the comparison with the published one that finds it
    assert not is_proved(script, proof, shown)


@pytest.mark.parametrize("tamper", TAMPERED[:4], ids=lambda one: one.__name__)
def test_the_process_ends_with_1_and_says_why(tamper: Tamper) -> None:
    proof = right()
    tamper(proof)
    done = run(proof)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("NOT PROVED: ")


def test_everybodys_own_proof_is_believed(script: ModuleType) -> None:
    assert all(is_proved(script, proof) for proof in published(PEOPLE))


def test_another_customers_path_does_not_prove_my_leaf(script: ModuleType) -> None:
    mine, others = right(), published(PEOPLE)[7]
    assert not is_proved(script, mine | {"path": others["path"]})
    assert not is_proved(script, mine | {"leaf": others["leaf"]})


def test_a_proof_of_another_snapshot_is_not_one_of_this(script: ModuleType) -> None:
    other = published(PEOPLE, taken_ms=1_700_003_600_000)[4]
    assert is_proved(script, other, other["snapshot"])
    assert not is_proved(script, other, right()["snapshot"])
    assert not is_proved(
        script, other | {"snapshot": right()["snapshot"] | {"root": other["snapshot"]["root"]}}
    )


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("leaf",), None),
        (("leaf", "salt"), "ab"),
        (("leaf", "salt"), 5),
        (("leaf", "audit_id"), ""),
        (("leaf", "audit_id"), "x" * 70_000),
        (("leaf", "audit_id"), "\ud800"),
        (("leaf", "index"), -1),
        (("leaf", "index"), True),
        (("leaf", "amounts"), {}),
        (("leaf", "amounts", 0), 7),
        (("leaf", "amounts", 0, "atoms"), 1.5),
        (("leaf", "amounts", 0, "atoms"), "٣"),
        (("leaf", "amounts", 0, "atoms"), "9" * 5_000),
        (("path",), "x"),
        (("path", 0), []),
        (("path", 0, "hash"), None),
        (("snapshot",), []),
        (("snapshot", "depth"), 10**9),
        (("snapshot", "depth"), "4.0"),
        (("snapshot", "totals"), []),
        (("snapshot", "totals"), [{"asset": 5, "atoms": "1"}]),
        (("snapshot", "totals", 0, "asset"), "\ud800"),
        (("snapshot", "root"), None),
        (("snapshot", "taken_ms"), None),
    ],
)
def test_garbage_is_refused_and_never_breaks_it(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: tuple[Any, ...], value: object
) -> None:
    proof = right()
    place: Any = proof
    for step in where[:-1]:
        place = place[step]
    place[where[-1]] = value
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof))
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "argv", ["verify", str(file)])
    assert script.main() == 1
    assert out.getvalue().startswith("NOT PROVED: ")


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"a":' * 5_000, "1" * 6_000, "x" * 1_000_001])
def test_what_is_no_proof_at_all_is_refused(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "proof.json"
    file.write_text(text)
    monkeypatch.setattr(sys, "argv", ["verify", str(file)])
    assert script.main() == 1


@pytest.mark.parametrize("name", ["", "BTC\x1b[2K", "BTC\n", "USD B", "ＢＴＣ", "B" * 33])
def test_no_asset_has_a_name_that_changes_what_is_printed(script: ModuleType, name: str) -> None:
    with pytest.raises(script.Wrong):
        script.assets_of({"totals": [{"asset": "USDB"}, {"asset": name}]})


def test_a_published_file_without_a_snapshot_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "published.json").write_text('{"snapshot": []}')
    done = run(right(), "--published", str(tmp_path / "published.json"))
    assert (done.returncode, done.stderr) == (1, "")
    assert "NOT PROVED" in done.stdout


def test_a_file_that_is_not_there_is_no_proof() -> None:
    done = run("{}", "--published", "/nowhere/at/all.json")
    assert (done.returncode, done.stderr) == (1, "")
