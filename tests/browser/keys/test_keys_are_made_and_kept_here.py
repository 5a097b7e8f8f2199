"""From paper to a sealed key: shown once, read back, sealed, locked, opened again; and none of it leaves."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from custody.bitcoin.keys import key_text
from tests.api.house import House
from tests.browser.chromium import DESK, PHONE, Watch, assert_accessible, assert_fits, open_context, shot
from tests.browser.keys.scene import (
    PASSPHRASE,
    SLOW_MS,
    WORDS,
    bring_words,
    choose_passphrase,
    open_keys,
    python_wallet,
)

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@dataclass
class Overheard:
    """All that a page sends, wherever in a request it stands."""

    sent: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        def on_request(request: Request) -> None:
            self.sent.append(f"{request.url} {request.headers} {request.post_data or ''}")

        page.on("request", on_request)

    def has(self, secret: str) -> bool:
        return any(secret.lower() in one.lower() for one in self.sent)


@pytest.fixture
def context(site: House, browser: Browser, watch: Watch) -> Iterator[BrowserContext]:
    """A browser whose storage outlives its pages."""
    with open_context(browser, site.url, width=DESK, theme="dark", cookies=[]) as context:
        yield context


@pytest.fixture
def tab(context: BrowserContext, site: House, watch: Watch) -> Callable[[], Page]:
    """tab() opens the page of keys once more in the same browser."""

    def open_one() -> Page:
        page = context.new_page()
        watch.follow(page, site.url)
        page.goto("/keys")
        return page

    return open_one


@pytest.fixture
def page(tab: Callable[[], Page]) -> Page:
    return tab()


def kept_by(page: Page) -> str:
    """Whatever the browser keeps for the site in the clear, and shows."""
    return str(
        page.evaluate(
            """async () => {
              const parts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
              for (const {name} of await indexedDB.databases()) {
                const base = await new Promise(done => {
                  const ask = indexedDB.open(name); ask.onsuccess = () => done(ask.result);
                });
                for (const store of base.objectStoreNames) {
                  const rows = await new Promise(done => {
                    const ask = base.transaction(store).objectStore(store).getAll();
                    ask.onsuccess = () => done(ask.result);
                  });
                  parts.push(JSON.stringify(rows, (_, value) =>
                    value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : value));
                }
                base.close();
              }
              const fields = [...document.querySelectorAll("input, textarea")].map(one => one.value);
              return [...parts, ...fields, document.documentElement.outerHTML].join("\\n");
            }"""
        )
    )


def test_new_keys_are_made_and_nothing_of_them_leaves_or_stays_in_the_clear(page: Page, site: House) -> None:
    overheard = Overheard()
    overheard.listen(page)
    page.get_by_role("button", name="Make new keys").click()
    shot(page, "keys-before-1440-dark")
    page.get_by_role("button", name="Show me the words").click()
    words = page.locator("#words li").all_inner_texts()
    shot(page, "keys-words-1440-dark")
    assert_accessible(page)
    assert len(words) == 12
    expect(page.get_by_role("button", name="Hide them and check me")).to_be_disabled()
    page.get_by_label("I have written all of them").check()
    page.get_by_role("button", name="Hide them and check me").click()
    expect(page.locator("#words li")).to_have_count(0)
    for label in page.locator("#asked-words label").all_inner_texts():
        page.get_by_label(label, exact=True).fill("zebra")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#check-words [role=alert]")).to_contain_text("that is not what was shown")
    for label in page.locator("#asked-words label").all_inner_texts():
        page.get_by_label(label, exact=True).fill(words[int(label.split()[1]) - 1])
    shot(page, "keys-check-1440-dark")
    page.get_by_role("button", name="Check", exact=True).click()

    page.get_by_label("Passphrase, 12 characters or more").fill("short")
    page.get_by_label("The same again").fill("short")
    page.get_by_role("button", name="Seal and keep").click()
    expect(page.locator("#passphrase-problem")).to_contain_text("12 characters")
    choose_passphrase(page)
    expect(page.locator("#just-made")).to_contain_text("sealed and kept")
    expect(page.locator("#wallet-state")).to_have_text("Open in this tab")
    shot(page, "keys-wallet-1440-dark")

    clear = kept_by(page)
    phrase = " ".join(words)
    log = site.web.log.read_text()
    for secret in (phrase, PASSPHRASE, " ".join(words[:3]), "xprv", "tprv"):
        assert not overheard.has(secret), secret
        assert not overheard.has(secret.replace(" ", "+")), secret
        assert secret not in clear, secret
        assert secret not in log, secret
    assert re.search(r"\[[0-9a-f]{8}/48h/1h/0h/2h\]tpub", page.locator("#account-key").inner_text())


def test_words_from_elsewhere_are_brought_locked_and_opened_again(
    tab: Callable[[], Page], page: Page
) -> None:
    overheard = Overheard()
    overheard.listen(page)
    page.get_by_role("button", name="Bring your words").click()
    page.get_by_label("Your 12 to 24 words").fill("abandon " * 11 + "above")
    page.get_by_role("button", name="Read these words").click()
    expect(page.locator("#typed-problem")).to_contain_text("do not add up")
    page.reload()
    bring_words(page)
    assert page.locator("#account-key").inner_text() == key_text(python_wallet().key)
    assert not overheard.has(WORDS[:24])

    second = tab()
    expect(second.locator("#wallet-state")).to_have_text("Locked")
    second.get_by_label("Passphrase of the keys in this browser").fill("another passphrase")
    second.get_by_role("button", name="Open the keys").click()
    expect(second.locator(".passphrase [role=alert]")).to_contain_text("not the passphrase", timeout=SLOW_MS)
    open_keys(second)
    expect(second.locator("#wallet-state")).to_have_text("Open in this tab", timeout=SLOW_MS)

    second.get_by_role("button", name="Lock now").click()
    expect(page.locator("#wallet-state")).to_have_text("Locked")
    expect(second.locator("#wallet-state")).to_have_text("Locked")

    page.get_by_role("button", name="Check my written words").click()
    page.get_by_role("textbox", name="Your words").fill(
        "legal winner thank year wave sausage worth useful legal winner thank yellow"
    )
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("These are words of other keys")).to_be_visible()
    page.get_by_role("textbox", name="Your words").fill(WORDS)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("These words make the keys in this browser")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()

    page.get_by_role("button", name="Remove from this browser").click()
    expect(page.get_by_role("button", name="Remove the keys")).to_be_disabled()
    page.get_by_label("I have my words on paper").check()
    page.get_by_role("button", name="Remove the keys").click()
    expect(page.get_by_role("heading", name="There are no keys in this browser")).to_be_visible()
    expect(second.get_by_role("heading", name="There are no keys in this browser")).to_be_visible()


def test_keys_lock_themselves_when_nobody_uses_them(page: Page) -> None:
    page.clock.install()
    page.goto("/keys")
    bring_words(page)
    page.clock.run_for(4 * 60_000)
    expect(page.locator("#wallet-state")).to_have_text("Open in this tab")
    page.clock.run_for(70_000)
    expect(page.locator("#wallet-state")).to_have_text("Locked")


def test_two_tabs_do_not_write_over_each_others_keys(tab: Callable[[], Page], page: Page) -> None:
    second = tab()
    second.get_by_role("button", name="Bring your words").click()
    second.get_by_label("Your 12 to 24 words").fill(
        "legal winner thank year wave sausage worth useful legal winner thank yellow"
    )
    second.get_by_role("button", name="Read these words").click()
    bring_words(page)
    second.get_by_label("Passphrase, 12 characters or more").fill(PASSPHRASE)
    second.get_by_label("The same again").fill(PASSPHRASE)
    second.get_by_role("button", name="Seal and keep my keys").click()
    expect(second.get_by_text("Another tab has kept keys")).to_be_visible(timeout=SLOW_MS)
    page.reload()
    assert page.locator("#fingerprint").inner_text() == python_wallet().key.fingerprint


def test_a_browser_that_keeps_nothing_is_told_so(context: BrowserContext) -> None:
    page = context.new_page()
    page.add_init_script("Object.defineProperty(window, 'indexedDB', {value: undefined})")
    page.goto("/keys")
    expect(page.get_by_text("This browser keeps nothing for this page")).to_be_visible()
    expect(page.get_by_role("button", name="Make new keys")).to_be_disabled()
    assert_accessible(page)


def test_everybody_can_use_each_stage(page: Page) -> None:
    expect(page.get_by_role("button", name="Make new keys")).to_be_visible()
    looked_at(page, "keys")
    page.get_by_role("button", name="Bring your words").click()
    looked_at(page, "keys-import")
    page.get_by_label("Your 12 to 24 words").fill(WORDS)
    page.get_by_role("button", name="Read these words").click()
    looked_at(page, "keys-passphrase")
    choose_passphrase(page)
    looked_at(page, "keys-open")
    page.get_by_role("button", name="Lock now").click()
    expect(page.locator("#wallet-state")).to_have_text("Locked")
    looked_at(page, "keys-locked")


def looked_at(page: Page, name: str) -> None:
    """In both widths and themes, without losing the stage."""
    for width, theme in product((DESK, PHONE), ("dark", "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        shot(page, f"{name}-{width}-{theme}")
        assert_fits(page)
        assert_accessible(page)
    page.set_viewport_size({"width": DESK, "height": 900})
