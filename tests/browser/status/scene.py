"""What tests of the house's page share: reading its rows."""

from playwright.sync_api import Locator, Page


def process(page: Page, line: str) -> Locator:
    return page.locator(f'[data-key="processes"] tr[data-key="{line}"]')


def part(page: Page, name: str) -> Locator:
    return page.locator(".parts > li", has=page.get_by_text(name, exact=True))
