"""The button: what app.json sets is a demo that lives; with two variables changed, a safe house for money."""

import json
from collections.abc import Iterator, Mapping

import pytest

from tests.platform.deploy.clients import get
from tests.platform.deploy.deployed import Deployed, one_click
from tests.platform.deploy.servers import sold_servers
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.faults, pytest.mark.long, pytest.mark.timeout(600)]
_KINDS = ("binance", "coinbase", "kraken", "bitstamp", "okx", "bitfinex", "pyth")


def for_money(servers: Mapping[str, str], site: str) -> dict[str, str]:
    """As an operator who has nothing yet: no signer, no chain, no mail. No exchange is asked by a test."""
    nowhere = ",".join(f"{kind}=https://127.0.0.1:9" for kind in _KINDS)
    return {
        **one_click(servers, site),
        "BALLAST_DEMO": "0",
        "BALLAST_SITE_URL": site,
        "BALLAST_ORACLE_ADDRESSES": nowhere,
    }


@pytest.fixture
def demo() -> Iterator[Deployed]:
    with sold_servers() as sold:
        house = Deployed(sold, over_tls=True, told=one_click)
        try:
            yield house
        finally:
            house.stop()


@pytest.fixture
def house() -> Iterator[Deployed]:
    with sold_servers() as sold:
        house = Deployed(sold, over_tls=True, told=for_money)
        try:
            yield house
        finally:
            house.stop()


def begin(house: Deployed) -> None:
    code, said = house.release()
    assert code == 0, said
    house.start("all")
    house.start_web()


def asked(house: Deployed, target: str) -> dict[str, object]:
    answer, text = get(house, target)
    assert answer.status == 200, text
    found: dict[str, object] = json.loads(text)
    return found


def test_a_demo_comes_up_with_a_market_that_bots_make_and_a_price_that_is_made_up(demo: Deployed) -> None:
    demo.env |= {"BALLAST_BOTS": "1", "BALLAST_SITE_URL": demo.url, "SSL_CERT_FILE": str(demo.certificate)}
    begin(demo)

    def has_book() -> bool:
        answer, text = get(demo, "/api/v1/markets/BTC-USDB/book")
        book = json.loads(text)
        return answer.status == 200 and bool(book["bids"] and book["asks"])

    wait_for("bots to quote", has_book, 120)
    _, price = get(demo, "/api/v1/oracle/price")
    assert '"simulated":true' in price
    _, page = get(demo, "/")
    assert "play money" in page.lower()
    demo.end(demo.running("all")[0])
    demo.start("all")  # another container: its disk is empty, and its bots get keys of their own
    wait_for("bots to quote again", has_book, 120)


def test_a_house_for_money_that_has_nothing_yet_is_open_and_says_what_is_away(house: Deployed) -> None:
    begin(house)
    wait_for("the engine", lambda: get(house, "/health")[0].status == 200, 120)
    answer, why = get(house, "/api/v1/custody")
    assert answer.status == 503
    assert json.loads(why)["error"]["part"] == "custody"
    answer, page = get(house, "/vaults")
    assert answer.status == 200
    assert "play money" not in page.lower()
    assert asked(house, "/api/v1/markets") == {"markets": []}
