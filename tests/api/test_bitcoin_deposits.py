"""Deposits over the API: an address, what is paid to it, how deep it is, and other people's."""

import httpx
import pytest

from custody.bitcoin.types import Role
from custody.rules.parties import is_one_party
from tests.api.bitcoin import Saver, new_saver
from tests.api.people import Trader, refusal
from tests.custody.support.house import BTC, CustodyHouse


@pytest.fixture
def alice(client: httpx.Client) -> Saver:
    return new_saver(client, "alice")


def test_a_customer_has_one_address(alice: Saver, carol: Trader) -> None:
    first, again = (alice.get("/api/v1/deposit-address?asset=BTC") for _ in range(2))
    assert first == again
    assert first["network"] == "regtest"
    assert first["address"].startswith("bcrt1q")
    assert first["confirmations"] == [{"up_to": None, "confirmations": 1}]
    assert carol.get("/api/v1/deposit-address")["address"] != first["address"]


def test_nothing_but_bitcoin_is_deposited(alice: Saver) -> None:
    answer = alice.send("GET", "/api/v1/deposit-address?asset=USDB")
    assert refusal(answer) == (422, "ASSET_NOT_SUPPORTED")
    assert answer.json()["error"]["assets"] == ["BTC"]


def test_a_payment_is_seen_then_credited(alice: Saver, chain: CustodyHouse) -> None:
    txid = alice.paid(chain, BTC // 4)
    [deposit] = alice.get("/api/v1/deposits")["deposits"]
    assert deposit == alice.get(f"/api/v1/deposits/{deposit['deposit_id']}")["deposit"]
    assert (deposit["txid"], deposit["amount"], deposit["status"]) == (txid, "0.25000000", "CREDITED")
    assert (deposit["confirmations"], deposit["confirmations_required"]) == (1, 1)
    assert deposit["height"] == chain.chain.height
    assert alice.holding("BTC")["funding_available"] == "0.25000000"


def test_what_waits_in_the_mempool_is_shown_and_counts_for_nothing(alice: Saver, chain: CustodyHouse) -> None:
    alice.get("/api/v1/deposit-address")
    from_outside = alice.pay_unconfirmed(chain, BTC)
    [deposit] = alice.get("/api/v1/deposits?status=SEEN")["deposits"]
    assert (deposit["txid"], deposit["height"], deposit["confirmations"]) == (from_outside, None, 0)
    assert alice.get("/api/v1/balances")["balances"] == []
    assert alice.get("/api/v1/deposits?status=CREDITED")["deposits"] == []


def test_a_reorg_takes_a_credit_back(alice: Saver, chain: CustodyHouse) -> None:
    alice.paid(chain, BTC)
    chain.reorg(1, keep=False)
    [deposit] = alice.get("/api/v1/deposits")["deposits"]
    assert deposit["status"] == "REORGED"
    assert alice.holding("BTC")["funding_available"] == "0.00000000"


def test_deposits_come_in_pages(alice: Saver, chain: CustodyHouse) -> None:
    alice.paid(chain, *[BTC // 100] * 5)
    seen: list[list[int]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = alice.get("/api/v1/deposits?limit=2" + (f"&cursor={cursor}" if cursor else ""))
        seen.append([int(row["deposit_id"]) for row in page["deposits"]])
        cursor = page["next_cursor"]
    assert [len(page) for page in seen] == [2, 2, 1]
    flat = [number for page in seen for number in page]
    assert flat == sorted(flat, reverse=True)


def test_others_deposits_are_not_there(alice: Saver, mallory: Trader, chain: CustodyHouse) -> None:
    alice.paid(chain, BTC)
    [deposit] = alice.get("/api/v1/deposits")["deposits"]
    others = mallory.send("GET", f"/api/v1/deposits/{deposit['deposit_id']}")
    absent = mallory.send("GET", "/api/v1/deposits/999999999")
    assert refusal(others) == refusal(absent) == (404, "NOT_FOUND")
    assert others.json()["error"]["message"] == absent.json()["error"]["message"]
    assert mallory.get("/api/v1/deposits") == {"deposits": [], "next_cursor": None}


@pytest.mark.parametrize("number", ["x", "-1", "%31%00", "1.5"])
def test_what_is_no_number_is_not_there(alice: Saver, number: str) -> None:
    assert alice.send("GET", f"/api/v1/deposits/{number}").status_code in (400, 404)


def test_everybody_sees_whose_hands_the_keys_are_in(client: httpx.Client, chain: CustodyHouse) -> None:
    shown = client.get("/api/v1/custody").json()
    assert shown["network"] == "regtest"
    assert shown["height"] == chain.chain.height
    assert {one["role"]: one["party"] for one in shown["signers"]}["backup"] == "somebody else"
    assert shown["is_one_party"] is False
    assert shown["withdrawals_stopped"] is False


@pytest.mark.parametrize(
    ("backup", "has_backup", "is_one"),
    [
        ("Vault Trust", False, False),
        (" the  HOUSE itself", False, True),
        ("Vault Trust", True, True),  # whatever it says: the house runs its process
        ("", True, True),
        ("", False, None),
    ],
)
def test_who_holds_both_keys_is_not_only_a_matter_of_names(
    backup: str, has_backup: bool, is_one: bool | None
) -> None:
    parties = {str(Role.PROTOCOL): "the house itself", str(Role.BACKUP): backup}
    assert is_one_party(parties, has_backup) is is_one
