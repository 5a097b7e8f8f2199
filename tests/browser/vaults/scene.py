"""An owner of vaults in front of a browser, and his vault's page."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.api.vault_owners import Owner, done
from tests.browser.people import Person
from tests.custody.support.house import BTC, CustodyHouse

SLOW_MS = 60_000  # the machine of these tests may do much else


@dataclass(frozen=True)
class VaultOwner(Person):
    """Over the API he is an `Owner`, with a wallet that is not ours."""

    trader: Owner

    def funded(self, chain: CustodyHouse, sats: int = BTC, mint: str = "") -> str:
        """The number of a vault that holds so much, and owes so much."""
        path = self.trader.funded(chain, sats)
        if mint:
            done(self.trader.deed(f"{path}/mint", amount=mint))
        return path.rpartition("/")[2]


def figure(page: Page, title: str) -> Locator:
    """What stands beside a figure's name."""
    return page.locator("#figures .figure").filter(has=page.locator("dt", has_text=title)).locator("dd")


def deed(page: Page, name: str) -> Locator:
    """Opens a deed's form by its tab."""
    page.get_by_role("tab", name=name, exact=True).click()
    form = page.locator('[role="tabpanel"]:not([hidden]) form.deed-form')
    expect(form).to_be_visible()
    return form


def after(form: Locator, title: str) -> Locator:
    """What the preview says a figure would be."""
    row = form.locator(".before-after tbody tr").filter(has=form.page.locator("th", has_text=title))
    return row.locator("td").last


def shown(page: Page) -> None:
    """Until the vault's figures stand there."""
    expect(figure(page, "Collateral")).to_contain_text("BTC", timeout=SLOW_MS)


def said(page: Page) -> Locator:
    return page.locator("#said")
