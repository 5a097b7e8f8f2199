"""A vault's export tells a person all he needs and a programme nothing that it has to believe."""

import json
from dataclasses import replace

import pytest

from custody.bitcoin.descriptors import read_descriptor
from custody.bitcoin.errors import BadKey
from custody.bitcoin.recovery import LONGEST_EXPORT, export, read_export
from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import CHANGE, RECEIVE, FixedKey, Network, Place, Role
from tests.custody.recovery.desk import INDEX, desk_in, vault
from tests.custody.support.wallets import account, hot_wallet, vault_wallet

TOKEN = FixedKey(account("token", Role.PROTOCOL).public_key_at(Place(0, 0)))
TEXT = export(vault())


def changed(**changes: object) -> str:
    return json.dumps({**json.loads(TEXT), **changes})


def test_it_is_read_as_it_was_written() -> None:
    for one in (vault(), vault(vault_wallet(protocol=TOKEN)), vault(vault_wallet(network=Network.MAIN))):
        assert read_export(export(one)) == one


def test_a_person_finds_descriptor_addresses_parties_and_steps() -> None:
    facts = json.loads(TEXT)
    wallet = read_descriptor(facts["descriptor"], Network.REGTEST)
    assert wallet == vault().wallet
    assert facts["addresses"] == {
        "receive": script_at(wallet, Place(RECEIVE, INDEX)).address,
        "change": script_at(wallet, Place(CHANGE, INDEX)).address,
    }
    assert [(one["role"], one["party"]) for one in facts["keys"]] == [
        ("user", "Alice"),
        ("protocol", "the house"),
        ("backup", "Bob's Backups"),
    ]
    told = " ".join(facts["instructions"])
    for word in ("importdescriptors", "Sparrow", "custody.recovery begin", f"[{INDEX}, {INDEX}]"):
        assert word in told


def test_where_sparrow_cannot_help_it_says_so() -> None:
    assert "Sparrow cannot" in export(vault(vault_wallet(protocol=TOKEN)))


def test_only_a_vault_is_exported() -> None:
    with pytest.raises(BadKey):
        export(replace(vault(), wallet=hot_wallet()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        TEXT[:-10],
        changed(index=INDEX + 1),
        changed(index=-1),
        changed(network="main"),
        changed(format="another"),
        changed(descriptor=json.loads(TEXT)["descriptor"][:-1]),
        changed(descriptor=json.loads(export(vault(vault_wallet("mallory"))))["descriptor"]),
        changed(addresses={"receive": "bcrt1q6z64a43mjgkcq0ul2znwneq3spghrlau9slefp", "change": ""}),
        changed(keys=json.loads(TEXT)["keys"][::-1]),
        changed(more=1),
        changed(instructions=["x" * LONGEST_EXPORT]),
    ],
)
def test_what_is_not_so_is_refused(text: str) -> None:
    with pytest.raises(BadKey):
        read_export(text)


def test_instructions_may_be_of_another_release() -> None:
    assert read_export(changed(instructions=["in other words"])) == vault()


def test_a_person_can_look_at_it_with_the_programme(tmp_path: object) -> None:
    desk = desk_in(tmp_path)  # type: ignore[arg-type]
    told = desk.done("show", export=desk.folder / "export.json")
    assert script_at(desk.wallet, Place(RECEIVE, INDEX)).address in told
