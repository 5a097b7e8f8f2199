"""Vaults over a socket: deeds with their answers, and every event of one's own vaults once and in order."""

import secrets
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.test import override_settings
from django.utils import timezone

from tests.api.bitcoin import OUTSIDE
from tests.api.house import House
from tests.api.people import Trader, new_trader
from tests.api.vault_owners import Owner, begin_vaults, new_owner, path_of
from tests.custody.support.house import BTC
from tests.vaults.support.rows import credit_coin
from tests.websocket.client import Frame, Socket, speaking_for
from vaults.models import Vault

NO_VAULT = "70dc60b3-9657-5b00-896e-e3b57f2c49cb"
NOBODY = "redis://127.0.0.1:9/0"


@pytest.fixture
def alice(client: httpx.Client) -> Owner:
    begin_vaults()
    return new_owner(client, "alice")


@pytest.fixture
def listening(house: House, alice: Owner) -> Iterator[Socket]:
    """She has heard that she has nothing."""
    with speaking_for(house.url, alice) as socket:
        socket.do("subscribe", channel="vaults")
        assert socket.wait_for(of_vaults)["vaults"] == []
        yield socket


def of_vaults(frame: Frame) -> bool:
    return frame.get("channel") == "vaults"


def do(socket: Socket, op: str, *, once: str | None = None, **members: Any) -> Any:
    return socket.do(op, idempotency_key=once or secrets.token_hex(8), **members)


def open_funded(socket: Socket, owner: Owner) -> str:
    """One bitcoin in it."""
    vault_id: str = do(socket, "vault.open", **owner.opening())["vault"]["vault_id"]
    credit_coin(Vault.objects.get(pk=UUID(vault_id)), BTC, timezone.now())
    return vault_id


def updates(socket: Socket) -> list[tuple[int, str]]:
    return [(one["version"], one["name"]) for one in socket.heard if one.get("type") == "update"]


def heard_until(socket: Socket, version: int) -> list[tuple[int, str]]:
    socket.wait_until(lambda: (updates(socket) or [(0, "")])[-1][0] >= version)
    return updates(socket)


def test_deeds_are_answered_and_told_in_order(listening: Socket, alice: Owner) -> None:
    vault_id = open_funded(listening, alice)
    minted = do(listening, "vault.mint", vault_id=vault_id, amount="5000", min_ratio="2")["minted"]
    assert (minted["debt"], minted["version"]) == ("5000.00000000", 3)
    assert do(listening, "vault.repay", vault_id=vault_id, amount="1000")["repaid"]["debt"] == "4000.00000000"
    saved = do(listening, "vault.save", vault_id=vault_id, repay="4000")["saved"]
    assert (saved["paid"], saved["debt"]) == ("4000.00000000", "0.00000000")
    told = heard_until(listening, 5)
    assert [version for version, _ in told] == [1, 2, 3, 4, 5]
    assert [name for _, name in told if name != "CREDITED"] == ["OPENED", "MINTED", "REPAID", "SAVED"]
    last = listening.heard[-1]
    assert last["vault"] | {"price": None} == alice.vault(path_of(vault_id)) | {"price": None}
    events = alice.get(f"{path_of(vault_id)}/events")["events"]
    heard = [one for one in listening.heard if one.get("type") == "update"]
    assert [{name: one[name] for name in events[0]} for one in heard] == events


def test_bitcoin_is_planned_and_taken_back(listening: Socket, alice: Owner) -> None:
    vault_id = do(listening, "vault.open", **alice.opening())["vault"]["vault_id"]
    refused = listening.ask(
        "vault.withdraw", idempotency_key="w", vault_id=vault_id, amount="0.1", address=OUTSIDE
    )
    assert refused["error"]["code"] == "INVALID_STATE"
    named = {"vault_id": vault_id, "withdrawal_id": vault_id}
    assert listening.refusal("vault.cancel", **named) == "NOT_FOUND"
    assert listening.refusal("vault.sign", **named, psbt="cHNidP8=") == "NOT_FOUND"
    assert do(listening, "vault.close", vault_id=vault_id, address=OUTSIDE) == {"withdrawal": None}
    assert heard_until(listening, 2)[-1][1] == "CLOSED"


def test_a_repeat_has_no_second_effect(listening: Socket, alice: Owner) -> None:
    vault_id = open_funded(listening, alice)
    first, again = (
        do(listening, "vault.mint", once="once", vault_id=vault_id, amount="2000") for _ in range(2)
    )
    assert first == again
    other = {"idempotency_key": "once", "vault_id": vault_id, "amount": "3000"}
    assert listening.refusal("vault.mint", **other) == "KEY_REUSED"
    assert alice.vault(path_of(vault_id))["debt"] == "2000.00000000"


def test_who_comes_back_gets_exactly_what_was_missed(house: House, listening: Socket, alice: Owner) -> None:
    vault_id = open_funded(listening, alice)
    alice.deed(f"{path_of(vault_id)}/mint", amount="2000")
    alice.deed(f"{path_of(vault_id)}/repay", all=True)
    with speaking_for(house.url, alice) as second:
        second.do("subscribe", channel="vaults", since={vault_id: 2})
        assert [version for version, _ in heard_until(second, 4)] == [3, 4]
        do(second, "vault.mint", vault_id=vault_id, amount="1000")
        assert heard_until(second, 5)[-1] == (5, "MINTED")
    assert [version for version, _ in heard_until(listening, 5)] == [1, 2, 3, 4, 5]


def test_numbers_that_cannot_be_begin_anew(house: House, client: httpx.Client, alice: Owner) -> None:
    eve = new_owner(client, "eve")
    theirs = eve.open()["vault_id"]
    own = alice.open()["vault_id"]
    for since in ({own: 9}, {own: 1, theirs: 1}):
        with speaking_for(house.url, alice) as socket:
            socket.do("subscribe", channel="vaults", since=since)
            assert socket.wait_for(of_vaults) == {"channel": "vaults", "type": "resync"}
            snapshot = socket.wait_for(lambda frame: frame.get("type") == "snapshot")
            assert [one["vault_id"] for one in snapshot["vaults"]] == [own]


def test_nobody_hears_of_anothers_vaults(house: House, client: httpx.Client, listening: Socket) -> None:
    eve = new_owner(client, "eve")
    with speaking_for(house.url, eve) as socket:
        socket.do("subscribe", channel="vaults")
        vault_id = do(socket, "vault.open", **eve.opening())["vault"]["vault_id"]
        heard_until(socket, 1)
    listening.do("ping")
    assert vault_id not in str(listening.heard)


def test_what_is_no_request_is_refused(house: House, socket: Socket, listening: Socket) -> None:
    assert socket.refusal("subscribe", channel="vaults") == "AUTH_REQUIRED"
    assert socket.refusal("vault.mint", idempotency_key="x") == "AUTH_REQUIRED"
    for bad in ({"since": 1}, {"since": {"x": True}}):
        assert listening.refusal("subscribe", channel="vaults", **bad) == "INVALID_TYPE"
    assert listening.refusal("subscribe", channel="vaults") == "ALREADY_SUBSCRIBED"
    mint = {"vault_id": "x", "amount": "1", "idempotency_key": "k"}
    assert listening.refusal("vault.mint", **mint) == "NOT_FOUND"
    assert listening.refusal("vault.mint", vault_id=NO_VAULT, amount="1") == "MISSING_FIELD"
    spoiled = {"vault_id": NO_VAULT, "amount": "1", "idempotency_key": "ä"}
    assert listening.refusal("vault.mint", **spoiled) == "INVALID_TEXT"


def test_a_key_that_trades_takes_nothing_out(house: House, client: httpx.Client) -> None:
    tom: Trader = new_trader(client, "tom")
    named = {"vault_id": "x", "idempotency_key": "k"}
    with speaking_for(house.url, tom) as socket:
        assert socket.refusal("vault.withdraw", **named, amount="1", address=OUTSIDE) == "FORBIDDEN"
        assert socket.refusal("vault.close", **named, address=OUTSIDE) == "FORBIDDEN"
        named["vault_id"] = NO_VAULT
        assert socket.refusal("vault.save", **named, deposit="1", code="123456") == "FORBIDDEN"


@pytest.mark.long
def test_what_nobody_told_of_is_heard_all_the_same(house: House, listening: Socket, alice: Owner) -> None:
    """As if a process had died between its commit and its telling."""
    vault_id = do(listening, "vault.open", **alice.opening())["vault"]["vault_id"]
    heard_until(listening, 1)
    with override_settings(REDIS_URL=NOBODY):
        credit_coin(Vault.objects.get(pk=UUID(vault_id)), BTC, timezone.now())
    assert heard_until(listening, 2)[-1][0] == 2
