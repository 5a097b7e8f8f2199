"""A vault's life over the API: opened, paid to, minted against, sold, repaid, emptied and closed."""

import httpx
import pytest

from tests.api.bitcoin import OUTSIDE
from tests.api.house import MARKET
from tests.api.people import in_parallel, refusal
from tests.api.vault_owners import (
    DOLLARS,
    VAULTS,
    Owner,
    begin_vaults,
    catch_up,
    done,
    fix_price,
    new_owner,
    path_of,
    pay_vault,
)
from tests.custody.support.house import BTC, CustodyHouse


@pytest.fixture(autouse=True)
def _begun(client: httpx.Client, chain: CustodyHouse) -> None:
    begin_vaults()


@pytest.fixture
def alice(client: httpx.Client) -> Owner:
    return new_owner(client, "alice")


def names(owner: Owner, path: str) -> list[str]:
    return [event["name"] for event in owner.get(f"{path}/events?limit=200")["events"]]


def test_the_whole_life(alice: Owner, chain: CustodyHouse) -> None:
    opened = alice.open()
    path = path_of(opened["vault_id"])
    assert (opened["status"], opened["collateral"], opened["ratio"]) == ("PENDING", "0.00000000", None)
    listed = alice.get(VAULTS)
    assert (listed["account"], listed["next_cursor"]) == (str(alice.user_id), None)
    assert [one["vault_id"] for one in listed["vaults"]] == [opened["vault_id"]]
    pay_vault(chain, opened["address"], BTC)
    funded = alice.vault(path)
    assert (funded["status"], funded["collateral"]) == ("ACTIVE", "1.00000000")
    assert (funded["value"], funded["mintable"]) == ("60000.00000000", "40000.00000000")
    [coin] = alice.get(f"{path}/deposits")["deposits"]
    assert (coin["status"], coin["amount"], coin["confirmations"]) == ("CREDITED", "1.00000000", 1)

    minted = done(alice.deed(f"{path}/mint", amount="20000", min_ratio="3", max_debt="20001"))["minted"]
    assert (minted["amount"], minted["ratio"]) == ("20000.00000000", "3.000000")
    assert alice.holding("USDB")["funding_available"] == "20000.00000000"
    owing = alice.vault(path)
    assert (owing["debt"], owing["ratio"], owing["health_factor"]) == (
        "20000.00000000",
        "3.000000",
        "2.000000",
    )
    assert owing["liquidation_price"] == "30000.00000000"

    taken = done(alice.deed(f"{path}/withdraw", amount="0.25", address=OUTSIDE))["withdrawal"]
    assert (taken["status"], taken["amount"], taken["address"]) == ("PLANNED", "0.25000000", OUTSIDE)
    assert alice.vault(path)["collateral"] == f"{0.75 - float(taken['fee']):.8f}"
    signed = done(alice.sign(taken))["withdrawal"]
    assert (signed["status"], signed["psbt"]) == ("SIGNED", None)
    assert done(alice.sign(taken))["withdrawal"] == signed
    seen = f"{path}/withdrawals/{taken['withdrawal_id']}"
    assert alice.get(seen)["withdrawal"] == signed
    assert alice.get(f"{path}/withdrawals")["withdrawals"] == [signed]
    assert refusal(alice.send("DELETE", seen)) == (409, "INVALID_STATE")

    repaid = done(alice.deed(f"{path}/repay", all=True))["repaid"]
    assert (repaid["paid"], repaid["debt"]) == ("20000.00000000", "0.00000000")
    assert names(alice, path)[:3] == ["OPENED", "COLLATERAL_ADDED", "MINTED"]
    assert names(alice, path)[-1] == "REPAID"


def test_a_vault_without_bitcoin_closes_at_once(alice: Owner) -> None:
    path = path_of(alice.open()["vault_id"])
    assert done(alice.deed(f"{path}/close", address=OUTSIDE)) == {"withdrawal": None}
    assert alice.vault(path)["status"] == "CLOSED"


def test_closing_sends_all_and_can_be_taken_back(alice: Owner, chain: CustodyHouse) -> None:
    path = alice.funded(chain, BTC // 10)
    plan = done(alice.deed(f"{path}/close", address=OUTSIDE))["withdrawal"]
    assert plan["kind"] == "CLOSE"
    assert float(plan["amount"]) + float(plan["fee"]) == pytest.approx(0.1)
    assert alice.vault(path)["status"] == "CLOSING"
    canceled = alice.delete(f"{path}/withdrawals/{plan['withdrawal_id']}")["withdrawal"]
    assert (canceled["status"], canceled["psbt"]) == ("CANCELED", None)
    assert alice.vault(path)["collateral"] == "0.10000000"


def test_minted_dollars_buy_bitcoin_on_the_book(
    alice: Owner, client: httpx.Client, chain: CustodyHouse
) -> None:
    path = alice.funded(chain, BTC)
    done(alice.deed(f"{path}/mint", amount="2000"))
    bob = new_owner(client, "bob")
    bob.fund(BTC="1")
    bob.place(market=MARKET, side="SELL", price="150.00", quantity="1")
    done(alice.move(asset="USDB", amount="2000"))
    alice.place(market=MARKET, side="BUY", price="150.00", quantity="1")
    assert alice.trading("BTC")[0] > "0.99"


def test_repeats_get_the_first_answer(alice: Owner, chain: CustodyHouse) -> None:
    body = alice.opening()
    first, again = (alice.deed(VAULTS, once="open-1", **body) for _ in range(2))
    assert first.content == again.content
    assert len(alice.get(VAULTS)["vaults"]) == 1
    path = path_of(first.json()["vault"]["vault_id"])
    pay_vault(chain, first.json()["vault"]["address"], BTC)
    for deed, other in (({"amount": "3000"}, {"amount": "4000"}),):
        first, again = (alice.deed(f"{path}/mint", once="mint-1", **deed) for _ in range(2))
        assert first.content == again.content
        assert refusal(alice.deed(f"{path}/mint", once="mint-1", **other)) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert alice.vault(path)["debt"] == "3000.00000000"


def test_one_key_at_once_mints_once_and_two_never_more_than_there_is(
    alice: Owner, chain: CustodyHouse
) -> None:
    path = alice.funded(chain, BTC // 10)
    answers = in_parallel(lambda _: alice.deed(f"{path}/mint", once="crowd", amount="1500"), 8)
    assert {answer.status_code for answer in answers} <= {200, 409}
    answers = in_parallel(lambda _: alice.deed(f"{path}/mint", amount="2500"), 8)
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 7
    assert alice.vault(path)["debt"] == "4000.00000000"


def test_repaying_for_another_tells_nothing_of_the_vault(
    alice: Owner, client: httpx.Client, chain: CustodyHouse
) -> None:
    path = alice.funded(chain, BTC)
    done(alice.deed(f"{path}/mint", amount="5000"))
    bob = new_owner(client, "bob")
    done(bob.ask_faucet(asset="USDB", amount="1000"))
    paid = done(bob.deed(f"{path}/repay", amount="1000"))["repaid"]
    assert (paid.pop("vault_id"), paid.pop("paid")) == (path.removeprefix(f"{VAULTS}/"), "1000.00000000")
    assert set(paid.values()) == {None}
    assert alice.vault(path)["debt"] == "4000.00000000"
    event = alice.get(f"{path}/events?limit=200")["events"][-1]
    assert (event["name"], event["data"]["payer"], event["data"]["paid"]) == (
        "REPAID",
        "another",
        "1000.00000000",
    )


def test_an_unhealthy_oracle_leaves_repay_and_save(alice: Owner, chain: CustodyHouse) -> None:
    path = alice.funded(chain, BTC)
    done(alice.deed(f"{path}/mint", amount="5000"))
    fix_price(minting_paused_until_ms=2**53, liquidations_paused_until_ms=2**53)
    terms = alice.get(f"{VAULTS}/terms")["terms"]
    assert (terms["minting_open"], terms["minting_closed"]) == (False, "ORACLE_PAUSED")
    assert refusal(alice.deed(f"{path}/mint", amount="1"))[1] == "ORACLE_PAUSED"
    assert refusal(alice.deed(f"{path}/withdraw", amount="0.1", address=OUTSIDE))[1] == "ORACLE_PAUSED"
    assert alice.vault(path)["mintable"] is None
    assert done(alice.deed(f"{path}/repay", amount="1000"))["repaid"]["debt"] == "4000.00000000"
    assert done(alice.deed(f"{path}/save", repay="9999"))["saved"]["debt"] == "0.00000000"


def test_guards_hold_against_a_price_that_moved(alice: Owner, chain: CustodyHouse) -> None:
    path = alice.funded(chain, BTC)
    fix_price(DOLLARS // 2)
    answer = alice.deed(f"{path}/mint", amount="10000", min_ratio="5")
    assert refusal(answer) == (409, "RATIO_MOVED")
    assert answer.json()["error"]["ratio"] == "3.000000"
    assert refusal(alice.deed(f"{path}/mint", amount="10000", max_debt="9999")) == (409, "DEBT_MOVED")
    assert refusal(alice.deed(f"{path}/mint", amount="999")) == (422, "DEBT_BELOW_FLOOR")
    answer = alice.deed(f"{path}/mint", amount="20000.00000001")
    assert refusal(answer) == (422, "BELOW_MINIMUM_RATIO")
    assert answer.json()["error"]["available"] == "20000.00000000"
    done(alice.deed(f"{path}/mint", amount="20000"))


def test_an_export_recovers_without_the_house(alice: Owner) -> None:
    shown = alice.open()
    export = alice.get(f"{path_of(shown['vault_id'])}/export")
    assert export["descriptor"].startswith("wsh(")
    assert shown["address"] in export["recovery"]
    assert "tprv" not in export["recovery"]


def test_deposits_show_what_they_wait_for(alice: Owner, chain: CustodyHouse) -> None:
    shown = alice.open()
    pay_vault(chain, shown["address"], BTC)
    path = path_of(shown["vault_id"])
    chain.reorg(1, keep=True)
    catch_up(chain)
    deposits = alice.get(f"{path}/deposits?limit=1")
    assert deposits["address"] == shown["address"]
    assert deposits["deposits"][0]["status"] in ("GONE", "CREDITED")


def test_deposits_say_that_a_closed_vault_takes_none(alice: Owner, chain: CustodyHouse) -> None:
    shown = alice.open()
    path = path_of(shown["vault_id"])
    assert alice.get(f"{path}/deposits")["is_open"] is True
    done(alice.deed(f"{path}/close", address=OUTSIDE))
    pay_vault(chain, shown["address"], BTC)
    ended = alice.get(f"{path}/deposits")
    assert ended["is_open"] is False
    [coin] = ended["deposits"]
    assert (coin["status"], coin["confirmations"], coin["confirmations_required"]) == ("CONFIRMED", 1, None)
    assert alice.vault(path)["collateral"] == "0.00000000"
