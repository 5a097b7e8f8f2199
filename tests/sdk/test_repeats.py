"""What is sent again after a failure, under which id, and what is raised where it is not."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ballast_sdk import (
    ApiError,
    AsyncClient,
    Client,
    ConnectionFailed,
    Options,
    OutcomeUnknown,
    UnreadableAnswer,
    retrying,
)
from ballast_sdk.models import Transfer
from tests.sdk.scripted import NOTHING, Script, refusal, scripted, success

SECRET: dict[str, Any] = {"key": "bk_1", "secret": "s3cret"}
QUICK = Options(timeout_seconds=5, retries=2, most_wait_seconds=2)
TRANSFER = {
    "transfer_id": "1",
    "asset": "BTC",
    "amount": "1",
    "from_wallet": "FUNDING",
    "to_wallet": "TRADING",
    "shard": 0,
    "status": "POSTED",
    "reject_reason": None,
    "created_at_ms": 1,
}
MOVED = success(transfer=TRANSFER)
UNKNOWN = refusal(504, "OUTCOME_UNKNOWN")
BUSY = refusal(503, "QUEUE_FULL")


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted() as script:
        yield script


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "FIRST_WAIT_SECONDS", 0.01)


def transfer(client: Any, **more: Any) -> Any:
    return client.wallet.transfer(asset="BTC", amount="1", from_wallet="FUNDING", to_wallet="TRADING", **more)


def place(client: Any) -> Any:
    return client.orders.place(market="BTC-USDB", side="BUY", type="MARKET", quantity="1")


def cancel(client: Any) -> Any:
    return client.orders.cancel("64")


def look(client: Any) -> Any:
    return client.general.time()


@pytest.mark.parametrize("failure", [NOTHING, UNKNOWN, BUSY, refusal(503, "DATABASE_UNAVAILABLE")])
def test_a_transfer_is_sent_again_under_its_key(script: Script, failure: tuple[int, bytes]) -> None:
    script.say(failure, MOVED)
    with Client(script.url, **SECRET, options=QUICK) as client:
        moved = transfer(client)
    assert isinstance(moved, Transfer)
    first, second = script.heard
    assert len(set(script.ids())) == 1
    assert first[2] == second[2]
    assert first[3]["x-nonce"] != second[3]["x-nonce"], "each try is signed anew"


def test_a_key_of_ones_own_is_what_goes_out(script: Script) -> None:
    script.say(MOVED)
    with Client(script.url, **SECRET) as client:
        transfer(client, idempotency_key="mine")
    assert script.ids() == ["mine"]


@pytest.mark.parametrize("failure", [NOTHING, UNKNOWN, refusal(500, "INTERNAL"), (502, b"<html>")])
def test_what_stays_unknown_is_raised_as_such(script: Script, failure: tuple[int, bytes]) -> None:
    script.say(failure)
    with Client(script.url, **SECRET, options=QUICK) as client, pytest.raises(OutcomeUnknown) as caught:
        place(client)
    assert script.ids() == [caught.value.repeat_id] * 3
    assert caught.value.operation == "POST /api/v1/orders"
    assert not isinstance(caught.value, ApiError)


@pytest.mark.parametrize("failure", [NOTHING, UNKNOWN])
def test_what_has_no_id_is_not_sent_again_when_its_outcome_is_unknown(
    script: Script, failure: tuple[int, bytes]
) -> None:
    script.say(failure)
    with Client(script.url, **SECRET, options=QUICK) as client, pytest.raises(OutcomeUnknown):
        cancel(client)
    assert len(script.heard) == 1


def test_what_has_no_id_is_sent_again_when_nothing_was_done(script: Script) -> None:
    script.say(BUSY, refusal(404, "ORDER_NOT_FOUND"))
    with Client(script.url, **SECRET, options=QUICK) as client, pytest.raises(ApiError, match="NOT_FOUND"):
        cancel(client)
    assert len(script.heard) == 2


@pytest.mark.parametrize(
    "later",
    [refusal(401, "INVALID_KEY"), refusal(429, "RATE_LIMITED"), BUSY, refusal(408, "DEADLINE_PASSED")],
)
def test_a_refusal_at_the_door_does_not_say_what_became_of_the_try_before(
    script: Script, later: tuple[int, bytes]
) -> None:
    script.say(NOTHING, later)
    with Client(script.url, **SECRET, options=QUICK) as client, pytest.raises(OutcomeUnknown) as caught:
        place(client)
    assert caught.value.error is not None


def test_a_refusal_by_a_rule_does(script: Script) -> None:
    script.say(UNKNOWN, refusal(422, "INSUFFICIENT_FUNDS"))
    with Client(script.url, **SECRET, options=QUICK) as client, pytest.raises(ApiError) as caught:
        place(client)
    assert caught.value.code == "INSUFFICIENT_FUNDS"


def test_a_refusal_by_a_rule_is_not_sent_again_and_has_all_that_was_said(script: Script) -> None:
    script.say(refusal(422, "TICK_SIZE", tick_size="0.01"))
    with Client(script.url, **SECRET, options=QUICK) as client, pytest.raises(ApiError) as caught:
        place(client)
    error = caught.value
    assert (error.code, error.status, error.field, error.request_id) == ("TICK_SIZE", 422, "price", "r1")
    assert error.message == "No."
    assert error.details == {"tick_size": "0.01"}
    assert error.retry_after is None
    assert len(script.heard) == 1


def test_a_long_wait_is_the_callers_to_decide(script: Script) -> None:
    script.say(refusal(429, "RATE_LIMITED"))
    script.headers["Retry-After"] = "30"
    with Client(script.url, **SECRET, options=QUICK) as client, pytest.raises(ApiError) as caught:
        place(client)
    assert caught.value.retry_after == 30.0
    assert len(script.heard) == 1


def test_a_partly_done_request_is_told_and_not_repeated(script: Script) -> None:
    script.say(refusal(503, "PARTLY_DONE", canceled_order_ids=["64"], shards=[]))
    with Client(script.url, **SECRET, options=QUICK) as client, pytest.raises(ApiError) as caught:
        client.orders.cancel_all()
    assert caught.value.details["canceled_order_ids"] == ["64"]
    assert len(script.heard) == 1


@pytest.mark.parametrize("failure", [NOTHING, UNKNOWN, (502, b"")])
def test_a_look_is_always_taken_again(script: Script, failure: tuple[int, bytes]) -> None:
    script.say(failure, success(server_time_ms=7))
    with Client(script.url, options=QUICK) as client:
        assert look(client) == 7


def test_a_look_that_finds_nobody_has_changed_nothing(script: Script) -> None:
    script.say(NOTHING)
    with Client(script.url, options=QUICK) as client, pytest.raises(ConnectionFailed):
        look(client)
    assert len(script.heard) == 3


@pytest.mark.parametrize("ask", [look, place, transfer, cancel])
def test_who_is_not_reached_did_nothing(ask: Callable[[Client], Any]) -> None:
    with Client("http://127.0.0.1:9", **SECRET, options=QUICK) as client, pytest.raises(ConnectionFailed):
        ask(client)


@pytest.mark.parametrize("answer", [(200, b"{}"), (200, b"<html>"), (204, b""), success(server_time_ms="7")])
def test_an_answer_that_is_none_is_told(script: Script, answer: tuple[int, bytes]) -> None:
    script.say(answer)
    with Client(script.url) as client, pytest.raises(UnreadableAnswer, match="GET /api/v1/time"):
        look(client)


def test_a_later_releases_words_and_members_are_no_error(script: Script) -> None:
    script.say(success(transfer={**TRANSFER, "status": "PAUSED", "new": [1]}, more=1))
    with Client(script.url, **SECRET) as client:
        assert transfer(client).status == "PAUSED"


def test_no_retries_means_one_try(script: Script) -> None:
    script.say(BUSY)
    with Client(script.url, **SECRET, options=Options(retries=0)) as client, pytest.raises(ApiError):
        place(client)
    assert len(script.heard) == 1


def test_with_asyncio_it_is_the_same(script: Script) -> None:
    async def scene() -> None:
        async with AsyncClient(script.url, **SECRET, options=QUICK) as client:
            script.say(NOTHING, MOVED)
            assert (await transfer(client)).status == "POSTED"
            script.say(UNKNOWN)
            with pytest.raises(OutcomeUnknown):
                await place(client)
            script.say(BUSY, refusal(404, "ORDER_NOT_FOUND"))
            with pytest.raises(ApiError):
                await cancel(client)

    asyncio.run(scene())
    transfers = [head["idempotency-key"] for _, _, _, head in script.heard[:2]]
    assert transfers[0] == transfers[1]


@pytest.mark.parametrize("amount", [1.5, 0.1])
def test_a_float_is_never_sent(script: Script, amount: float) -> None:
    with Client(script.url, **SECRET) as client, pytest.raises(TypeError, match="never a float"):
        client.wallet.faucet(asset="BTC", amount=amount)  # type: ignore[arg-type]
    assert script.heard == []
