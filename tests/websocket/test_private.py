"""What concerns one account is told to it alone: each message once, in order, whatever breaks on the way."""

from redis import Redis

from exchange.live_wire import AccountNews, encode_account_news
from exchange.queue import accounts_channel
from tests.api.house import House
from tests.api.people import Trader
from tests.websocket.client import Socket, speaking_for
from tests.websocket.keeper import AccountKeeper
from tests.websocket.stored import stored_numbers


def follow(socket: Socket, keeper: AccountKeeper, account: int) -> None:
    """Until it has heard of all that was committed, which nobody adds to meanwhile."""

    def agrees() -> bool:
        while socket.heard:
            keeper.hear(socket.heard.pop(0))
        return keeper.numbers == stored_numbers(account)

    socket.wait_until(agrees)


def subscribe(socket: Socket, keeper: AccountKeeper) -> None:
    socket.do("subscribe", channel="account", **({"since": keeper.numbers} if keeper.numbers else {}))


def assert_whole(keeper: AccountKeeper, trader: Trader) -> None:
    """The orders, fills and money that the server says over HTTP."""
    stored = trader.get("/api/v1/orders?status=open&limit=100")["orders"]
    assert keeper.open == {order["order_id"]: order for order in stored}
    for asset in ("BTC", "USDB"):
        if asset in keeper.balances:
            assert keeper.balances[asset] == trader.trading(asset)


def test_it_begins_with_what_there_is(house: House, alice: Trader) -> None:
    placed = alice.place(client_order_id="before")["order"]
    with speaking_for(house.url, alice) as socket:
        socket.do("subscribe", channel="account")
        snapshot = socket.wait_for(lambda frame: frame.get("channel") == "account")
        assert snapshot["type"] == "snapshot"
        assert snapshot["orders"] == [placed]
        assert snapshot["sequences"] == stored_numbers(alice.user_id)
        (usdb,) = (row for row in snapshot["balances"] if row["asset"] == "USDB")
        assert (usdb["free"], usdb["locked"]) == alice.trading("USDB")


def test_it_tells_orders_fills_and_balances_of_both_sides(house: House, alice: Trader, bob: Trader) -> None:
    with speaking_for(house.url, alice) as buyer, speaking_for(house.url, bob) as seller:
        for socket in (buyer, seller):
            socket.do("subscribe", channel="account")
            socket.wait_for(lambda frame: frame.get("channel") == "account")
        bid = alice.place(price="100.00", quantity="0.2")["order"]
        bob.place(side="SELL", price="100.00", quantity="0.1")
        heard = buyer.wait_for(lambda frame: bool(frame.get("fills")))
        (order,), (fill,) = heard["orders"], heard["fills"]
        assert (order["order_id"], order["status"]) == (bid["order_id"], "PARTIALLY_FILLED")
        assert order == alice.order(bid["order_id"])
        assert fill == alice.get(f"/api/v1/orders/{bid['order_id']}")["fills"][0]
        assert fill["role"] == "MAKER"
        assert {row["asset"] for row in heard["balances"]} == {"BTC", "USDB"}
        taken = seller.wait_for(lambda frame: bool(frame.get("fills")))
        assert taken["fills"][0]["role"] == "TAKER"
        assert bid["order_id"] not in str(taken)


def test_who_comes_back_gets_exactly_what_was_missed(house: House, alice: Trader) -> None:
    keeper = AccountKeeper()
    with speaking_for(house.url, alice) as first:
        subscribe(first, keeper)
        follow(first, keeper, alice.user_id)
    for number in range(5):
        alice.place(price=f"{80 + number}.00")
    with speaking_for(house.url, alice) as second:
        subscribe(second, keeper)
        follow(second, keeper, alice.user_id)
    assert (keeper.updates, keeper.resyncs) == (5, 0)
    assert_whole(keeper, alice)


def test_who_claims_to_know_more_than_there_is_begins_anew(house: House, alice: Trader) -> None:
    with speaking_for(house.url, alice) as socket:
        socket.do("subscribe", channel="account", since={"0": 2**40})
        socket.wait_for(lambda frame: frame.get("type") == "resync")
        socket.wait_for(lambda frame: frame.get("type") == "snapshot")


def test_a_lost_message_is_fetched(house: House, alice: Trader) -> None:
    """One is announced whose predecessor nobody announced: it has both, from where all of them are kept."""
    keeper = AccountKeeper()
    with speaking_for(house.url, alice) as socket, Redis.from_url(house.servers.redis_url) as redis:
        subscribe(socket, keeper)
        follow(socket, keeper, alice.user_id)
        ahead = stored_numbers(alice.user_id)["0"] + 2
        forged = [AccountNews(alice.user_id, ahead, b"")]
        redis.publish(accounts_channel(0), encode_account_news(1, forged))
        alice.place(price="81.00")
        alice.place(price="82.00")
        follow(socket, keeper, alice.user_id)
    assert keeper.resyncs == 0
    assert_whole(keeper, alice)


def test_others_hear_nothing(house: House, alice: Trader, bob: Trader) -> None:
    with speaking_for(house.url, bob) as socket:
        socket.do("subscribe", channel="account")
        socket.wait_for(lambda frame: frame.get("type") == "snapshot")
        alice.place()
        socket.do("ping")
        assert not [frame for frame in socket.heard if frame.get("type") == "update"]
