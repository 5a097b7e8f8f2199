"""Every operation of the document is a method that works here, blocking and with asyncio."""

import asyncio
import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client as Browser

from access.http import Scope
from access.services import Origin, create_api_key
from access.signing import KeyKind
from ballast_sdk import AsyncClient, Client, Login, fresh_id
from ballast_sdk.models import CancelForm, OneOrder, Order, OrderForm, PlaceResult
from tests.api.bitcoin import new_saver
from tests.api.house import MARKET, House
from tests.api.people import Trader, new_trader, order
from tests.custody.support.house import CustodyHouse
from tests.sdk.bitcoin import BITCOIN_BY_LOGIN, BITCOIN_CALLS, Savings
from tests.sdk.notices import NOTICE_CALLS, NOTICES_BY_LOGIN
from tests.sdk.reserves import RESERVE_CALLS
from tests.sdk.vaults import VAULT_CALLS, OwnVaults
from tools.sdk.names import METHODS

TOKEN = "a" * 32
Call = Callable[[Any, Any], Any]


@dataclass
class Scene:
    """Alice has bought, and an order of hers is open. `keys` are further ones of hers, by id."""

    alice: Trader
    keys: list[str]

    def open(self) -> Any:
        return self.alice.place(price="50.00", client_order_id=fresh_id())["order"]

    def open_id(self) -> str:
        return str(self.open()["order_id"])

    def open_client_id(self) -> str:
        return str(self.open()["client_order_id"])

    def key_id(self) -> str:
        return self.keys.pop()

    def transfer_id(self) -> str:
        return str(self.alice.get("/api/v1/transfers")["transfers"][0]["transfer_id"])


@pytest.fixture
def scene(alice: Trader, bob: Trader) -> Scene:
    return _played(alice, bob)


@dataclass
class Walk(Scene):
    savings: Savings
    vaults: OwnVaults


@pytest.fixture(scope="module")
def walk(house: House, chain: CustodyHouse) -> Iterator[Walk]:
    """One scene for all operations: what one leaves behind is in no other's way."""
    with httpx.Client(base_url=house.url, timeout=20) as http:
        alice, bob = new_saver(http, "alice"), new_trader(http, "bob")
        alice.fund(USDB="100000")
        bob.fund(BTC="10")
        scene = _played(alice, bob)
        yield Walk(scene.alice, scene.keys, Savings(alice, chain), OwnVaults.of(alice, chain))
        assert alice.send("DELETE", "/api/v1/orders").is_success


def _played(alice: Trader, bob: Trader) -> Scene:
    bob.place(side="SELL", price="100.00", quantity="0.2")
    alice.place(quantity="0.2")
    return Scene(alice, [_new_key(alice) for _ in range(2)])


def _new_key(person: Trader) -> str:
    new = create_api_key(
        user_id=person.user_id, label="", kind=KeyKind.HMAC, scopes=[Scope.READ], origin=Origin()
    )
    return str(new.key.pk)


FORM = OrderForm(market=MARKET, side="BUY", type="LIMIT", price="40.00", quantity="0.1")
BID: dict[str, Any] = order(price="40.00")

CALLS: dict[str, Callable[[Any, Scene], Any]] = {
    "get_time": lambda c, s: c.general.time(),
    "post_ws_ticket": lambda c, s: c.general.socket_ticket(),
    "get_api_keys": lambda c, s: c.keys.all(),
    "post_api_keys": lambda c, s: c.keys.create(kind="HMAC", scopes=["read"], label="made"),
    "delete_api_keys_by_key_id": lambda c, s: c.keys.revoke(s.key_id()),
    "get_markets": lambda c, s: c.markets.all(),
    "get_markets_by_market": lambda c, s: c.markets.get(MARKET),
    "get_markets_by_market_book": lambda c, s: c.markets.book(MARKET, depth=5),
    "get_markets_by_market_candles": lambda c, s: c.markets.candles(MARKET, interval="1m", limit=2),
    "get_markets_by_market_ticker": lambda c, s: c.markets.ticker(MARKET),
    "get_markets_by_market_trades": lambda c, s: c.markets.trades(MARKET, page_size=1),
    "get_tickers": lambda c, s: c.markets.tickers(),
    "get_oracle_candles": lambda c, s: c.oracle.candles(interval="1m"),
    "get_oracle_history": lambda c, s: c.oracle.history(sources=True),
    "get_oracle_price": lambda c, s: c.oracle.price(),
    "get_oracle_state": lambda c, s: c.oracle.state(),
    "get_oracle_twap": lambda c, s: c.oracle.twap(window=60),
    "get_orders": lambda c, s: c.orders.find(market=MARKET, status="open", page_size=1),
    "post_orders": lambda c, s: c.orders.place(**BID),
    "delete_orders": lambda c, s: c.orders.cancel_all(market=MARKET),
    "get_orders_by_order_id": lambda c, s: c.orders.get(s.open_id()),
    "patch_orders_by_order_id": lambda c, s: c.orders.amend(s.open_id(), price="41.00"),
    "delete_orders_by_order_id": lambda c, s: c.orders.cancel(s.open_id()),
    "post_orders_batch": lambda c, s: c.orders.place_batch([FORM, FORM]),
    "post_orders_cancel_batch": lambda c, s: c.orders.cancel_batch([CancelForm(order_id=s.open_id())]),
    "get_orders_by_client_id": lambda c, s: c.orders.get_by_client_id(s.open_client_id()),
    "patch_orders_by_client_id": lambda c, s: c.orders.amend_by_client_id(
        s.open_client_id(), quantity="0.05"
    ),
    "delete_orders_by_client_id": lambda c, s: c.orders.cancel_by_client_id(s.open_client_id()),
    "get_dead_mans_switch": lambda c, s: c.orders.switches(),
    "put_dead_mans_switch": lambda c, s: c.orders.arm_switch(timeout_ms=3_600_000, market=MARKET),
    "delete_dead_mans_switch": lambda c, s: c.orders.disarm_switch(market=MARKET),
    "get_balances": lambda c, s: c.wallet.balances(),
    "get_fee_tier": lambda c, s: c.wallet.fee_tier(),
    "get_fills": lambda c, s: c.wallet.fills(market=MARKET),
    "post_faucet": lambda c, s: c.wallet.faucet(asset="USDB", amount="5"),
    "get_statements_ledger": lambda c, s: c.wallet.ledger_statement(page_size=1),
    "get_statements_trades": lambda c, s: c.wallet.trade_statement(),
    "get_transfers": lambda c, s: c.wallet.transfers(),
    "post_transfers": lambda c, s: c.wallet.transfer(
        asset="USDB", amount="1", from_wallet="TRADING", to_wallet="FUNDING"
    ),
    "get_transfers_by_transfer_id": lambda c, s: c.wallet.transfer_by_id(s.transfer_id()),
}
CSV: dict[str, Callable[[Any, Scene], Any]] = {
    "ledger": lambda c, s: c.wallet.ledger_statement_csv(),
    "trades": lambda c, s: c.wallet.trade_statement_csv(market=MARKET),
}
KNOWN = CALLS.keys() | BITCOIN_CALLS.keys() | VAULT_CALLS.keys() | RESERVE_CALLS.keys() | NOTICE_CALLS.keys()
BY_LOGIN = {"post_api_keys"} | BITCOIN_BY_LOGIN | NOTICES_BY_LOGIN


@pytest.fixture(scope="module")
def login(walk: Walk) -> Login:
    browser = Browser()
    browser.force_login(User.objects.get(pk=walk.alice.user_id))
    return Login(browser.cookies[settings.SESSION_COOKIE_NAME].value, TOKEN)


def test_the_walk_knows_every_operation() -> None:
    assert METHODS.keys() == KNOWN


@pytest.mark.parametrize("name", [*CALLS, *CSV])
def test_it_can_be_called(name: str, house: House, walk: Walk, login: Login) -> None:
    _try_both(name, (CALLS | CSV)[name], walk, house, walk, login)


@pytest.mark.parametrize("name", BITCOIN_CALLS)
def test_it_can_be_called_about_bitcoin(name: str, house: House, walk: Walk, login: Login) -> None:
    _try_both(name, BITCOIN_CALLS[name], walk.savings, house, walk, login)


@pytest.mark.parametrize("name", NOTICE_CALLS)
def test_it_can_be_called_about_notices(name: str, house: House, walk: Walk, login: Login) -> None:
    _try_both(name, NOTICE_CALLS[name], walk.alice, house, walk, login)


@pytest.mark.parametrize("name", [*VAULT_CALLS, *RESERVE_CALLS])
def test_it_can_be_called_about_vaults(name: str, house: House, walk: Walk, login: Login) -> None:
    _try_both(name, (VAULT_CALLS | RESERVE_CALLS)[name], walk.vaults, house, walk, login)


def _try_both(name: str, call: Call, scene: Any, house: House, walk: Walk, login: Login) -> None:
    """Blocking and with asyncio, which must give the same kind of thing."""
    alice = walk.alice
    who: dict[str, Any] = {"login": login} if name in BY_LOGIN else {"key": alice.key, "secret": alice.secret}
    with Client(house.url, **who) as client:
        blocking = call(client, scene)
        blocking = list(blocking) if isinstance(blocking, Iterator) else blocking
    other = AsyncClient(house.url, **who)  # outside of a loop, where the scene may ask the database
    awaited = asyncio.run(_awaited(other, call(other, scene)))
    assert type(awaited) is type(blocking)
    if isinstance(blocking, list) and blocking and awaited:
        assert type(awaited[0]) is type(blocking[0])


async def _awaited(client: AsyncClient, result: Any) -> Any:
    async with client:
        return await result if inspect.isawaitable(result) else [row async for row in result]


def test_a_method_gives_what_stands_in_the_answer(house: House, scene: Scene, client: Client) -> None:
    placed = client.orders.place(**BID, client_order_id="mine")
    assert placed.order.client_order_id == "mine"
    found = client.orders.get_by_client_id("mine")
    assert isinstance(found, OneOrder)
    assert found.order == placed.order
    plain = scene.alice.get("/api/v1/orders/by-client-id/mine")
    assert {name: getattr(found.order, name) for name in plain["order"]} == plain["order"]


def test_pages_follow_one_another_to_the_end(scene: Scene, client: Client) -> None:
    wanted = [scene.open_id() for _ in range(5)]
    found = [one.order_id for one in client.orders.find(status="open", page_size=2)]
    assert found == wanted[::-1]


def test_a_batch_says_of_each_what_became_of_it(scene: Scene, client: Client) -> None:
    bad = OrderForm(market=MARKET, side="BUY", type="LIMIT", price="0.001", quantity="0.1")
    accepted, refused = client.orders.place_batch([FORM, bad])
    assert isinstance(accepted, PlaceResult)
    assert accepted.ok
    assert isinstance(accepted.order, Order)
    assert accepted.order.client_order_id
    assert refused.error is not None
    assert not refused.ok


def test_csv_is_what_the_house_writes(scene: Scene, client: Client) -> None:
    text = client.wallet.trade_statement_csv().decode()
    assert text.splitlines()[0].startswith("time")
    assert len(text.splitlines()) == 2


def test_the_document_is_the_one_that_is_served(house: House) -> None:
    served = httpx.get(f"{house.url}/api/openapi.json", timeout=30).json()
    ids = {one["operationId"] for methods in served["paths"].values() for one in methods.values()}
    assert ids == KNOWN, json.dumps(sorted(ids))
