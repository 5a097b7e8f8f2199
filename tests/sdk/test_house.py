"""What only the running house can show: both kinds of keys, refusals, and an engine that does not answer."""

import asyncio
import base64
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from access.http import Scope
from access.services import Origin, create_api_key
from access.signing import KeyKind
from ballast_sdk import ApiError, Client, Options, OutcomeUnknown, Socket
from ballast_sdk.models import OneOrder
from tests.api.house import MARKET, House
from tests.api.people import Trader
from tests.sdk.scripted import scripted, success


def test_an_ed25519_key_signs_requests_and_sockets(house: House, alice: Trader) -> None:
    secret = Ed25519PrivateKey.generate()
    public = base64.b64encode(secret.public_key().public_bytes_raw()).decode()
    new = create_api_key(
        user_id=alice.user_id,
        label="",
        kind=KeyKind.ED25519,
        scopes=[Scope.READ],
        origin=Origin(),
        public_key=public,
    )

    async def listen() -> None:
        async with Socket(house.url, key=new.key.public_id, secret=secret) as socket:
            await socket.account()

    with Client(house.url, key=new.key.public_id, secret=secret) as client:
        assert {one.asset for one in client.wallet.balances()} >= {"USDB"}
        with pytest.raises(ApiError) as caught:
            client.orders.cancel_all()
        assert (caught.value.code, caught.value.status) == ("FORBIDDEN", 403)
    asyncio.run(listen())


def test_a_refusal_says_all_that_the_house_says(client: Client) -> None:
    with pytest.raises(ApiError) as caught:
        client.orders.place(market=MARKET, side="BUY", type="LIMIT", price="1.001", quantity="1")
    error = caught.value
    assert (error.code, error.status, error.field) == ("TICK_SIZE", 422, "price")
    assert error.details["tick_size"] == "0.01"
    assert error.request_id


def test_nobody_may_look_at_what_is_somebodys(house: House) -> None:
    with Client(house.url) as client:
        assert client.markets.all()
        with pytest.raises(ApiError, match="INVALID_KEY"):
            client.wallet.balances()


def test_amounts_may_be_decimals(client: Client) -> None:
    placed = client.orders.place(
        market=MARKET, side="BUY", type="LIMIT", price=Decimal("1E+2"), quantity=Decimal("0.50")
    )
    assert (placed.order.price, placed.order.quantity) == ("100.00", "0.50000")


def test_an_order_without_an_answer_is_found_under_its_id_and_placed_once(
    house: House, alice: Trader
) -> None:
    hasty = Client(
        house.url, key=alice.key, secret=alice.secret, options=Options(timeout_seconds=1, retries=1)
    )
    with hasty, house.engine_held(), pytest.raises(OutcomeUnknown) as caught:
        hasty.orders.place(market=MARKET, side="BUY", type="LIMIT", price="100.00", quantity="0.1")
    unknown = caught.value
    with Client(house.url, key=alice.key, secret=alice.secret) as client:
        again = client.orders.place(
            market=MARKET,
            side="BUY",
            type="LIMIT",
            price="100.00",
            quantity="0.1",
            client_order_id=unknown.repeat_id,
        )
        found = client.orders.get_by_client_id(unknown.repeat_id)
        assert isinstance(found, OneOrder)
        assert found.order == again.order
        assert len(list(client.orders.find())) == 1


def test_a_transfer_that_is_sent_twice_under_a_key_happens_once(client: Client, alice: Trader) -> None:
    free, _ = alice.trading("USDB")
    for _ in range(2):
        client.wallet.transfer(
            asset="USDB", amount="7", from_wallet="TRADING", to_wallet="FUNDING", idempotency_key="once"
        )
    assert Decimal(free) - Decimal(alice.trading("USDB")[0]) == 7


def test_threads_may_share_a_client(client: Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        symbols = list(pool.map(lambda _: client.markets.get(MARKET).symbol, range(40)))
    assert symbols == [MARKET] * 40


def test_connections_are_used_again() -> None:
    with scripted() as script:
        script.say(success(server_time_ms=7))
        with Client(script.url) as client:
            for _ in range(5):
                client.general.time()
        assert len(script.connections) == 1


@pytest.mark.parametrize("url", ["http://h/api", "http://h/?a=1"])
def test_a_url_with_a_path_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="without a path"):
        Client(url)


def test_a_key_needs_its_secret() -> None:
    with pytest.raises(ValueError, match="secret"):
        Client("http://h", key="bk_1")
    with pytest.raises(ValueError, match="secret"):
        Socket("http://h", key="bk_1")
