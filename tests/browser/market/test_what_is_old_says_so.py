"""Lost frames, a cut line, an engine that is gone: the page says so, greys what is old, and comes back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.api.house import House
from tests.browser.chromium import Watch
from tests.browser.conftest import OpenPage
from tests.browser.market.scene import await_live, prices, trade_page
from tests.browser.market.wire import Wire
from tests.browser.people import Person
from tests.support.waiting import until

pytestmark = pytest.mark.long
NewPerson = Callable[..., Person]
PATIENCE_MS = 30_000


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def blank(open_page: OpenPage, watch: Watch) -> Page:
    """Nothing is opened yet: what is in between can be put there. It has no storage."""
    watch.allow("localStorage")
    return open_page("about:blank")


@pytest.fixture
def page(blank: Page, maker: Person, wire: Wire) -> Page:
    """With its clock in the test's hands, too."""
    wire.take(blank)
    blank.clock.install()
    blank.goto(trade_page())
    await_live(blank)
    return blank


def test_a_lost_frame_is_noticed_and_the_book_begins_anew(page: Page, wire: Wire, maker: Person) -> None:
    expect(page.locator("[data-bids] tr[data-price]")).to_have_count(3)
    wire.losing = "book"
    maker.trader.place(side="BUY", price="59980.00", quantity="0.10000")
    until(lambda: bool(page.evaluate("1")) and wire.lost > 0)
    wire.losing = ""

    maker.trader.place(side="BUY", price="59970.00", quantity="0.10000")

    expect(page.locator('[data-bids] tr[data-price="59970.00"]')).to_have_count(1)
    assert prices(page, "bids")[1:4] == ["59,990.00", "59,980.00", "59,970.00"]
    await_live(page)


def test_a_cut_line_is_said_at_once_and_its_age_after_five_seconds(page: Page, wire: Wire) -> None:
    wire.cut()
    expect(page.locator("[data-link]")).to_have_attribute("data-state", "away")
    assert page.locator("#book-panel.is-stale").count() == 0

    page.clock.run_for(7_000)

    expect(page.locator("#book-panel.is-stale [data-age]")).to_have_text(re.compile(r"^\d+ s old$"))
    expect(page.locator("#away")).to_contain_text("The live connection is away")
    expect(page.locator("[data-bids] tr[data-price]")).to_have_count(3)


def test_it_comes_back_by_itself_with_what_happened_meanwhile(page: Page, wire: Wire, maker: Person) -> None:
    wire.cut()
    expect(page.locator("[data-link]")).to_have_attribute("data-state", "away")
    maker.trader.place(side="BUY", price="59960.00", quantity="0.10000")

    wire.mend()
    page.clock.run_for(6_000)

    await_live(page)
    expect(page.locator('[data-bids] tr[data-price="59960.00"]')).to_have_count(1)
    expect(page.locator(".is-stale")).to_have_count(0)
    expect(page.locator("#away")).to_be_hidden()


def test_a_quiet_market_on_a_live_line_is_not_old(page: Page) -> None:
    page.clock.run_for(9_000)

    await_live(page)
    expect(page.locator(".is-stale")).to_have_count(0)


def test_an_engine_that_is_gone_is_named_and_comes_back(page: Page, site: House, watch: Watch) -> None:
    watch.allow("503")
    with site.engine_gone():
        until(lambda: _is_at(page, "engine"))
        expect(page.locator("[data-link-words]")).to_have_text("Engine away")
        expect(page.locator("[data-bids] tr[data-price]")).to_have_count(3)

    until(lambda: _is_at(page, "live"))


def _is_at(page: Page, state: str) -> bool:
    page.clock.run_for(2_000)
    return page.locator("[data-link]").get_attribute("data-state") == state


def test_a_halted_market_is_said_without_a_reload(page: Page) -> None:
    def halt(route: Route) -> None:
        answer = route.fetch()
        content = answer.json()
        content["market"]["status"] = "HALTED"
        route.fulfill(response=answer, json=content)

    page.route("**/api/v1/markets/BTC-USDB", halt)
    page.clock.run_for(11_000)

    expect(page.locator("[data-status]")).to_have_text("HALTED")
    expect(page.locator("#away")).to_contain_text("takes no orders and no cancels")


def test_a_page_that_came_without_facts_asks_for_them(blank: Page, maker: Person) -> None:
    """As while the database is away; taken out before the page's modules run."""
    blank.add_init_script("""document.addEventListener('readystatechange', () => {
      const first = document.getElementById('trade-first');
      if (document.readyState !== 'interactive' || !first) return;
      first.textContent = '{"symbol": "BTC-USDB", "facts": null, "ticker": null}';
    })""")
    blank.goto(trade_page())

    await_live(blank)
    expect(blank.locator("[data-bids] tr[data-price]")).to_have_count(3)


def test_candles_that_cannot_be_had_leave_the_rest_alive(blank: Page, maker: Person, watch: Watch) -> None:
    watch.allow("503")
    refusal = {"error": {"code": "UNAVAILABLE", "message": "Not now.", "field": None, "request_id": "r1"}}
    blank.route("**/candles?*", lambda route: route.fulfill(status=503, json=refusal))
    blank.goto(trade_page())
    await_live(blank)

    expect(blank.locator("#chart [role=alert]")).to_contain_text("UNAVAILABLE · request r1")
    expect(blank.locator("[data-bids] tr[data-price]")).to_have_count(3)

    blank.unroute("**/candles?*")
    blank.click("#chart [role=alert] button")
    expect(blank.locator("#chart [role=alert]")).to_have_count(0)
