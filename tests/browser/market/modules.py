"""The page's own modules, asked in a browser without a page around them."""

from typing import Any

from playwright.sync_api import Page

_ASK = """async ([name, given]) => {
  const frame = document.querySelector('script[src*="js/frame.js"]').src;
  const module = await import(frame.replace(/js\\/frame\\.js.*$/, `js/${name}`));
  return (%s)(module, given);
}"""


def ask(page: Page, name: str, body: str, given: object = None) -> Any:
    """What `body`, a function of the module's exports and of `given`, returns: values that JSON has."""
    return page.evaluate(_ASK % body, [name, given])
