"""A vault in the eyes of all: its coins are the chain's, and its owner's dollars are owed to him."""

import httpx
import pytest
from django.utils import timezone

from tests.api.vault_owners import Owner, begin_vaults, done, new_owner
from tests.custody.support.house import BTC, CustodyHouse
from tests.vaults.reserves.holders import script
from vaults.reserves.snapshots import take_snapshot

RESERVES = "/api/v1/reserves"


@pytest.fixture(autouse=True)
def _begun(client: httpx.Client, chain: CustodyHouse) -> None:
    begin_vaults()


@pytest.fixture
def alice(client: httpx.Client) -> Owner:
    return new_owner(client, "alice")


def test_anybody_sees_the_coins_of_a_vault_and_nobody_whose_it_is(
    alice: Owner, chain: CustodyHouse, client: httpx.Client
) -> None:
    path = alice.funded(chain, BTC)
    done(alice.deed(f"{path}/mint", amount="20000"))
    own, vault_id = alice.vault(path), path.rpartition("/")[2]
    shown = client.get(f"{RESERVES}/vaults/{vault_id}").json()["vault"]
    assert shown["addresses"][0] == own["address"]
    assert (len(shown["addresses"]), shown["coins_count"]) == (2, 1)
    [coin], [deposit] = shown["coins"], alice.get(f"{path}/deposits")["deposits"]
    assert (coin["txid"], coin["vout"]) == (deposit["txid"], deposit["vout"])
    assert chain.chain.transaction(coin["txid"]) is not None
    assert (shown["collateral"], shown["debt"], shown["ratio"]) == (
        own["collateral"],
        own["debt"],
        own["ratio"],
    )
    assert not {"label", "owner", "owner_id", "account"} & shown.keys()


def test_a_list_leads_to_every_funded_vault(alice: Owner, chain: CustodyHouse, client: httpx.Client) -> None:
    funded = {alice.funded(chain, BTC // 10).rpartition("/")[2] for _ in range(3)}
    empty = str(alice.open()["vault_id"])
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = client.get(f"{RESERVES}/vaults", params=query).json()
        seen += [one["vault_id"] for one in page["vaults"]]
        cursor = page["next_cursor"]
    assert funded <= set(seen)
    assert empty not in seen
    assert len(seen) == len(set(seen))


def test_minted_dollars_are_owed_to_their_owner_and_by_his_vault(
    alice: Owner, chain: CustodyHouse, client: httpx.Client
) -> None:
    path = alice.funded(chain, BTC)
    done(alice.deed(f"{path}/mint", amount="20000"))
    taken = take_snapshot(timezone.now())
    proof = alice.get(f"{RESERVES}/proof?snapshot={taken.pk}")
    script().check(proof, client.get(f"{RESERVES}/snapshots/{taken.pk}").json()["snapshot"])
    owed = {row["asset"]: int(row["atoms"]) for row in proof["leaf"]["amounts"]}
    assert owed["USDB"] == 20_000 * 10**8
    assert not owed.get("BTC")  # what is in his vault is his own, and owed to nobody
