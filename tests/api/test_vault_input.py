"""What is no request about vaults is refused by name, and a preview does nothing."""

from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from access.models import AuditEntry
from tests.api.bitcoin import OUTSIDE
from tests.api.document import Document
from tests.api.people import field_of, refusal
from tests.api.vault_owners import VAULTS, Owner, begin_vaults, done, new_owner, path_of
from tests.custody.support.house import BTC, CustodyHouse
from tests.vaults.collateral.wallet import wallet_of
from vaults.api.forms import SIGN_BODY_BYTES


@pytest.fixture(scope="module")
def alice(client: httpx.Client, chain: CustodyHouse) -> Owner:
    begin_vaults()
    return new_owner(client, "alice")


@pytest.fixture(scope="module")
def path(alice: Owner, chain: CustodyHouse) -> str:
    """One bitcoin, and nothing owed."""
    return alice.funded(chain, BTC)


PRIVATE = str(wallet_of("somebody").root)
BAD_OPENINGS: list[tuple[dict[str, Any], str, str]] = [
    ({"key": "x"}, "INVALID_XPUB", "key"),
    ({"key": ""}, "INVALID_XPUB", "key"),
    ({"key": PRIVATE}, "INVALID_XPUB", "key"),
    ({"proof": "x"}, "INVALID_PROOF", "proof"),
    ({"proof": "H" * 88}, "INVALID_PROOF", "proof"),
    ({"time": 1}, "INVALID_PROOF", "time"),
    ({"time": "1"}, "INVALID_TYPE", "time"),
    ({"time": 2**62}, "OUT_OF_RANGE", "time"),
    ({"label": "x" * 65}, "INVALID_TEXT", "label"),
    ({"owner": "me"}, "UNKNOWN_FIELD", "owner"),
]


@pytest.mark.parametrize(("changes", "code", "field"), BAD_OPENINGS)
def test_a_bad_opening_is_refused(alice: Owner, changes: dict[str, Any], code: str, field: str) -> None:
    answer = alice.deed(VAULTS, **alice.opening(**changes))
    assert refusal(answer) == (400, code)
    assert field_of(answer) == field
    assert PRIVATE not in answer.text


def test_anothers_proof_proves_nothing(alice: Owner, client: httpx.Client) -> None:
    eve = new_owner(client, "eve")
    assert refusal(eve.deed(VAULTS, **alice.opening())) == (400, "INVALID_PROOF")


BAD_DEEDS: list[tuple[str, dict[str, Any], str, str]] = [
    ("mint", {}, "MISSING_FIELD", "amount"),
    ("mint", {"amount": 1}, "INVALID_TYPE", "amount"),
    ("mint", {"amount": "0"}, "OUT_OF_RANGE", "amount"),
    ("mint", {"amount": "-1"}, "INVALID_NUMBER", "amount"),
    ("mint", {"amount": "1.123456789"}, "PRECISION", "amount"),
    ("mint", {"amount": "1", "min_ratio": "150 %"}, "INVALID_NUMBER", "min_ratio"),
    ("mint", {"amount": "1", "min_ratio": "1.5000001"}, "PRECISION", "min_ratio"),
    ("repay", {}, "MISSING_FIELD", "amount"),
    ("repay", {"amount": "1", "all": True}, "UNKNOWN_FIELD", "amount"),
    ("repay", {"all": 1}, "INVALID_TYPE", "all"),
    ("save", {}, "NOTHING_TO_SAVE", "repay"),
    ("save", {"repay": "1", "code": "123456"}, "UNKNOWN_FIELD", "code"),
    ("save", {"deposit": "0.1"}, "MISSING_FIELD", "code"),
    ("withdraw", {"amount": "0.1"}, "MISSING_FIELD", "address"),
    ("withdraw", {"amount": "0.1", "address": "x"}, "INVALID_ADDRESS", "address"),
    ("withdraw", {"amount": "0.1", "address": "ü"}, "INVALID_ADDRESS", "address"),
    ("close", {"address": None}, "INVALID_TYPE", "address"),
]


@pytest.mark.parametrize(("deed", "body", "code", "field"), BAD_DEEDS)
def test_a_bad_deed_is_refused(
    alice: Owner, path: str, deed: str, body: dict[str, Any], code: str, field: str
) -> None:
    answer = alice.deed(f"{path}/{deed}", **body)
    assert refusal(answer) == (400, code)
    assert field_of(answer) == field


@pytest.mark.parametrize(
    ("deed", "body"),
    [("mint", {"amount": "1000"}), ("repay", {"all": True}), ("close", {"address": OUTSIDE})],
)
def test_a_deed_needs_a_key(alice: Owner, path: str, deed: str, body: dict[str, Any]) -> None:
    assert refusal(alice.send("POST", f"{path}/{deed}", body)) == (400, "IDEMPOTENCY_KEY_REQUIRED")


def test_a_key_stands_for_one_deed(alice: Owner, path: str) -> None:
    alice.deed(f"{path}/mint", once="shared", amount="1")
    assert refusal(alice.deed(f"{path}/repay", once="shared", all=True)) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_rules_refuse_with_what_would_be_allowed(alice: Owner, path: str) -> None:
    answer = alice.deed(f"{path}/repay", all=True)
    assert refusal(answer) == (422, "NOTHING_OWED")
    answer = alice.deed(f"{path}/withdraw", amount="2", address=OUTSIDE)
    assert refusal(answer) == (422, "INSUFFICIENT_COLLATERAL")
    assert answer.json()["error"]["available"] == "1.00000000"


def test_a_signature_is_read_strictly(alice: Owner, path: str) -> None:
    plan = done(alice.deed(f"{path}/withdraw", amount="0.1", address=OUTSIDE))["withdrawal"]
    one = f"{path}/withdrawals/{plan['withdrawal_id']}"
    assert refusal(alice.send("POST", f"{one}/sign", {"psbt": "bm8gcHNidA=="})) == (400, "INVALID_PSBT")
    assert refusal(alice.send("POST", f"{one}/sign", {"psbt": plan["psbt"]})) == (422, "PSBT_MISMATCH")
    changed = alice.wallet.signed(plan["psbt"])[:-8] + "AAAAAAA="
    assert refusal(alice.send("POST", f"{one}/sign", {"psbt": changed}))[1] in (
        "INVALID_PSBT",
        "PSBT_MISMATCH",
    )
    long = "A" * (100 * 1024)  # more than other requests may say
    assert refusal(alice.send("POST", f"{one}/sign", {"psbt": long})) == (400, "INVALID_PSBT")
    longer = "A" * SIGN_BODY_BYTES
    assert refusal(alice.send("POST", f"{one}/sign", {"psbt": longer})) == (413, "PAYLOAD_TOO_LARGE")
    assert alice.delete(one)["withdrawal"]["status"] == "CANCELED"


def test_who_lets_bitcoin_out_stands_in_the_audit_trail(alice: Owner, chain: CustodyHouse) -> None:
    """With the key and the address: what a thief did with a stolen key is told from what its owner did."""
    path = alice.funded(chain, BTC)
    first = done(alice.deed(f"{path}/withdraw", amount="0.1", address=OUTSIDE))["withdrawal"]
    alice.delete(f"{path}/withdrawals/{first['withdrawal_id']}")
    done(alice.sign(done(alice.deed(f"{path}/close", address=OUTSIDE))["withdrawal"]))
    done(alice.deed(f"{path_of(alice.open()['vault_id'])}/close", address=OUTSIDE))
    entries = AuditEntry.objects.filter(action__startswith="vault.", user_id=alice.user_id).order_by("-pk")[
        :5
    ]
    assert [entry.action for entry in reversed(entries)] == [
        "vault.withdrawal_planned",
        "vault.withdrawal_canceled",
        "vault.withdrawal_planned",
        "vault.withdrawal_signed",
        "vault.closed",
    ]
    assert {(entry.key_id, entry.ip) for entry in entries} == {(alice.key_id, "127.0.0.1")}
    assert entries[4].subject == f"vault:{path.rpartition('/')[2]}"
    planned = entries[4].after
    assert planned is not None
    assert planned | {"fee_sats": 0} == {
        "withdrawal": first["withdrawal_id"],
        "kind": "WITHDRAW",
        "address": OUTSIDE,
        "amount_sats": BTC // 10,
        "fee_sats": 0,
    }


def preview(alice: Owner, path: str, query: str) -> dict[str, Any]:
    found: dict[str, Any] = alice.get(f"{path}/preview?{query}")
    return found


def test_a_preview_says_what_would_be(alice: Owner, path: str) -> None:
    before = alice.vault(path)
    seen = preview(alice, path, "mint=10000")
    assert seen["refusal"] is None
    assert (seen["before"]["debt"], seen["after"]["debt"]) == ("0.00000000", "10000.00000000")
    assert (seen["after"]["ratio"], seen["after"]["standing"]) == ("6.000000", "SAFE")
    fallen = preview(alice, path, "mint=10000&price=15900")
    assert (fallen["after"]["ratio"], fallen["after"]["standing"]) == ("1.590000", "WARNED")
    too_much = preview(alice, path, "mint=50000")
    assert (too_much["refusal"]["code"], too_much["after"]["ratio"]) == ("BELOW_MINIMUM_RATIO", "1.200000")
    assert too_much["refusal"]["details"]["available"] == "40000.00000000"
    added = preview(alice, path, "add=1&mint=50000&withdraw=0.25")
    assert added["refusal"] is None
    assert float(added["after"]["collateral"]) == pytest.approx(1.75 - float(added["fee"]))
    assert float(added["fee"]) > 0
    assert alice.vault(path) | {"price": None} == before | {"price": None}


def test_a_preview_is_read_strictly(alice: Owner, path: str) -> None:
    assert refusal(alice.send("GET", f"{path}/preview?mint=-1")) == (400, "INVALID_NUMBER")
    assert refusal(alice.send("GET", f"{path}/preview?burn=1")) == (400, "UNKNOWN_FIELD")
    assert preview(alice, path, "repay=5")["refusal"]["code"] == "NOTHING_OWED"
    assert alice.get(f"{path}/preview")["refusal"] is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("vaults/{vault_id}/mint", {"amount": "1000"}),
        ("vaults/{vault_id}/repay", {"all": True}),
        ("vaults/{vault_id}/save", {"deposit": "0.1", "code": "123456"}),
        ("vaults/{vault_id}/withdraw", {"amount": "0.1", "address": OUTSIDE}),
        ("vaults/{vault_id}/close", {"address": OUTSIDE}),
    ],
)
def test_bodies_are_documented_as_they_are_taken(document: Document, path: str, body: dict[str, Any]) -> None:
    content = document.content["paths"][f"/api/v1/{path}"]["post"]["requestBody"]["content"][
        "application/json"
    ]
    validator = Draft202012Validator({**content["schema"], "components": document.content["components"]})
    validator.validate(body)
    for example in content["examples"].values():
        validator.validate(example["value"])
    assert not validator.is_valid({**body, "unknown": "1"})
