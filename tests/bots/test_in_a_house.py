"""The bots in a running house: a book is copied and never crossed, within its owner's means, and recovers."""

from decimal import Decimal
from typing import Any

import pytest

from exchange.bots.inbox import SILENT_S
from exchange.engine.types import MarketStatus, OrderStatus, Side
from exchange.models import Market, Order
from exchange.services.requests import (
    request_market_change,
    request_market_status,
    request_reference_price,
)
from tests.api.house import MARKET, House
from tests.api.people import Trader
from tests.bots.conftest import MakeTrader
from tests.bots.stage import Puppet, book_of, bots, ladder, open_orders, shown
from tests.support.waiting import wait_for

pytestmark = pytest.mark.long

QUICKLY_S = 9.0  # before the maker looks at everything anew, which would hide what it has missed


def shows(house: House, middle: int, **changes: Any) -> Any:
    bids, asks = ladder(middle, **changes)
    wanted = {"bids": shown(bids), "asks": shown(asks)}
    return lambda: book_of(house) == wanted


@pytest.fixture
def source() -> Puppet:
    puppet = Puppet()
    puppet.say(*ladder(100))
    return puppet


def test_the_book_is_copied_and_follows_its_source(
    house: House, maker: Trader, taker: Trader, source: Puppet
) -> None:
    with bots(house, maker, taker, source):
        wait_for("the book", shows(house, 100))
        for middle in (101, 104, 99):
            source.say(*ladder(middle))
            wait_for(f"the book around {middle}", shows(house, middle), seconds=QUICKLY_S)
    assert book_of(house) == {"bids": [], "asks": []}
    assert open_orders(maker) == []
    assert not Order.objects.filter(account_id=maker.user_id, status=OrderStatus.REJECTED).exists()


def test_less_quantity_outside_keeps_the_orders_and_their_places(
    house: House, maker: Trader, taker: Trader, source: Puppet
) -> None:
    with bots(house, maker, taker, source):
        wait_for("the book", shows(house, 100))
        before = {order["order_id"] for order in open_orders(maker)}
        bids, asks = ladder(100)
        source.say([(bids[0][0], "0.05"), *bids[1:]], asks)
        wait_for("less", lambda: book_of(house)["bids"][0][1] == "0.05000")
        assert {order["order_id"] for order in open_orders(maker)} == before


def test_what_the_taker_of_the_outside_does_is_done_here(
    house: House, maker: Trader, taker: Trader, source: Puppet
) -> None:
    with bots(house, maker, taker, source):
        wait_for("the book", shows(house, 100))
        source.trade(Side.BUY, "100.50", "0.04")
        fills = wait_for("a trade", lambda: taker.get("/api/v1/fills")["fills"])
        assert [(fill["side"], fill["role"], fill["price"], fill["quantity"]) for fill in fills] == [
            ("BUY", "TAKER", "100.50", "0.04000")
        ]
        wait_for("what was taken to be there again", shows(house, 100))


def test_a_source_that_falls_silent_takes_every_quote_with_it(
    house: House, maker: Trader, taker: Trader, source: Puppet
) -> None:
    with bots(house, maker, taker, source):
        wait_for("the book", shows(house, 100))
        said, source.book = source.book, None
        wait_for("no quotes", lambda: not open_orders(maker), seconds=SILENT_S + QUICKLY_S)
        source.book = said
        wait_for("the book again", shows(house, 100), seconds=QUICKLY_S)


def test_a_new_process_goes_on_with_what_rests(
    house: House, maker: Trader, taker: Trader, source: Puppet
) -> None:
    """As after a kill: somebody else has its orders now, of which one is not wanted any more."""
    stray = maker.place(side="BUY", price="42.00", quantity="0.1", client_order_id="maker-stray")["order"]
    kept = maker.place(side="BUY", price="99.50", quantity="0.1", client_order_id="maker-kept")["order"]
    with bots(house, maker, taker, source):
        wait_for("the book", shows(house, 100))
        ids = {order["order_id"] for order in open_orders(maker)}
        assert kept["order_id"] in ids
        assert stray["order_id"] not in ids


def test_more_strays_than_a_batch_holds_are_taken_away(
    house: House, maker: Trader, taker: Trader, source: Puppet
) -> None:
    for number in range(105):
        maker.place(
            side="SELL", price=f"{200 + number}.00", quantity="0.01", client_order_id=f"maker-{number}"
        )
    with bots(house, maker, taker, source):
        wait_for("the book", shows(house, 100))


def test_two_processes_share_what_rests(house: House, maker: Trader, taker: Trader, source: Puppet) -> None:
    """As in a deploy, or by mistake: to each the other's orders are its own."""
    with bots(house, maker, taker, source):
        wait_for("the book", shows(house, 100))
        with bots(house, maker, taker, source):
            for middle in (101, 104, 99):
                source.say(*ladder(middle))
                wait_for(f"the book around {middle}", shows(house, middle), seconds=QUICKLY_S)
            wait_for("each price once", lambda: len(open_orders(maker)) == 10)
            looks = [{order["order_id"] for order in open_orders(maker)} for _ in range(20)]
            assert all(look == looks[0] for look in looks), "they do not come to rest"
        wait_for("what one took away when it left", shows(house, 99))
    assert open_orders(maker) == []


def test_what_is_not_its_own_it_leaves_alone(
    house: House, maker: Trader, taker: Trader, source: Puppet
) -> None:
    by_hand = maker.place(side="BUY", price="42.00", quantity="0.1", client_order_id="by-hand")["order"]
    with bots(house, maker, taker, source):
        wait_for("the book", lambda: len(open_orders(maker)) == 11)
    assert [order["order_id"] for order in open_orders(maker)] == [by_hand["order_id"]]


def test_it_quotes_no_more_than_it_has(
    house: House, trader: MakeTrader, taker: Trader, source: Puppet
) -> None:
    poor = trader("poor", BTC="0.3", USDB="25")
    with bots(house, poor, taker, source):
        wait_for("what it can", lambda: book_of(house)["asks"])
        rows = book_of(house)
        assert sum(Decimal(quantity) for _, quantity in rows["asks"]) <= Decimal("0.3")
        assert sum(Decimal(price) * Decimal(quantity) for price, quantity in rows["bids"]) <= 25


def test_it_keeps_what_it_shall_keep(house: House, maker: Trader, taker: Trader, source: Puppet) -> None:
    with bots(house, maker, taker, source, least_base="9.85", most_base="10.15"):
        wait_for("the book", lambda: book_of(house)["asks"])
        rows = book_of(house)
        assert [quantity for _, quantity in rows["asks"]] == ["0.10000", "0.05000"]
        assert [quantity for _, quantity in rows["bids"]] == ["0.10000", "0.05000"]


def test_somebody_in_the_way_gets_what_he_offers(
    house: House, maker: Trader, taker: Trader, trader: MakeTrader, source: Puppet
) -> None:
    """He bids more than what is asked outside, so nothing could be asked here: the taker sells to him."""
    eager = trader("eager", USDB="1000")
    bid = eager.place(side="BUY", price="105.00", quantity="0.3")["order"]
    with bots(house, maker, taker, source):
        wait_for("his bid to be filled", lambda: eager.order(bid["order_id"])["status"] == "FILLED")
        wait_for("the book", shows(house, 100))
    fills = taker.get("/api/v1/fills")["fills"]
    assert {fill["price"] for fill in fills} == {"105.00"}


def test_while_somebody_is_in_the_way_only_the_best_quote_tries(
    house: House, maker: Trader, trader: MakeTrader, source: Puppet
) -> None:
    """Nobody can take his order. Each try of each quote would be one more order that is kept for ever."""
    eager, penniless = trader("eager", USDB="1000"), trader("penniless", USDB="1")
    bid = eager.place(side="BUY", price="102.90", quantity="0.3")["order"]
    since = int(bid["order_id"])

    def tries(price: str) -> int:
        refused = Order.objects.filter(status=OrderStatus.REJECTED, pk__gt=since)
        return refused.filter(price_ticks=int(price.replace(".", ""))).count()

    with bots(house, maker, penniless, source):
        wait_for("the best to be tried again", lambda: tries("100.50") >= 4)
        assert [tries(price) for price in ("101.50", "102.50", "103.50")] == [1, 1, 0]
        assert [row[0] for row in book_of(house)["asks"]] == ["103.50", "104.50"]
        eager.delete(f"/api/v1/orders/{bid['order_id']}")
        wait_for("the book", shows(house, 100))


def test_an_order_of_somebody_else_at_the_same_price_disturbs_nobody(
    house: House, maker: Trader, taker: Trader, trader: MakeTrader, source: Puppet
) -> None:
    neighbor = trader("neighbor", USDB="1000")
    neighbor.place(side="BUY", price="99.50", quantity="0.2")
    with bots(house, maker, taker, source):
        wait_for("both", lambda: book_of(house)["bids"][:1] == [["99.50", "0.30000"]])


@pytest.mark.parametrize("status", [MarketStatus.HALTED, MarketStatus.CANCEL_ONLY])
def test_a_market_that_is_stopped_is_copied_again_when_it_opens(
    house: House, maker: Trader, taker: Trader, source: Puppet, status: MarketStatus
) -> None:
    with bots(house, maker, taker, source):
        wait_for("the book", shows(house, 100))
        set_status(house, status)
        source.say(*ladder(110))
        wait_for("the refusal to be heard", lambda: not shows(house, 110)())
        set_status(house, MarketStatus.OPEN)
        wait_for("the book around 110", shows(house, 110))


def set_status(house: House, status: MarketStatus) -> None:
    market = Market.objects.get(symbol=MARKET)
    request_market_status(market=market, status=status, reason="a test", requested_by=None)
    wait_for(
        f"the market to be {status.name}", lambda: Market.objects.get(symbol=MARKET).status == status.name
    )


def test_a_house_that_limits_it_is_left_alone_for_a_while(
    house: House, maker: Trader, taker: Trader, source: Puppet
) -> None:
    """Each change costs more tokens than come back in its time; what is wanted last stands in the end."""
    with house.another_web(BALLAST_RATE_KEY="20:60") as url, bots(house, maker, taker, source, url=url):
        for middle in range(101, 109):
            source.say(*ladder(middle))
            wait_for("a quote", lambda: open_orders(maker))
        wait_for("the last book", shows(house, 108))
    assert open_orders(maker) == []


@pytest.mark.parametrize("reference_ticks", [10_000, 0], ids=["a set price", "the last trade"])
def test_what_the_band_refuses_disturbs_nothing_else(
    house: House, maker: Trader, taker: Trader, source: Puppet, reference_ticks: int
) -> None:
    """A set price is told by the market; around the last trade only refusals say where the band is."""
    maker.place(side="SELL", price="100.00", quantity="0.1")
    taker.place(side="BUY", price="100.00", quantity="0.1")
    market = Market.objects.get(symbol=MARKET)
    set_band(house, market, band_ppm=20_000, reference_ticks=reference_ticks)
    try:
        with bots(house, maker, taker, source):
            wait_for("what is in the band", lambda: len(open_orders(maker)) == 4)
            assert [price for price, _ in book_of(house)["asks"]] == ["100.50", "101.50"]
    finally:
        set_band(house, market, band_ppm=0, reference_ticks=0)


def set_band(house: House, market: Market, *, band_ppm: int, reference_ticks: int) -> None:
    request_market_change(market=market, changes={"band_ppm": band_ppm}, reason="a test", requested_by=None)
    request_reference_price(market=market, price_ticks=reference_ticks, reason="a test", requested_by=None)
    wait_for("the band", lambda: _band_of(market) == (band_ppm, reference_ticks))


def _band_of(market: Market) -> tuple[int, int]:
    market.refresh_from_db()
    return market.band_ppm, market.reference_price_ticks
