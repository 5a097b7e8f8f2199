"""What a wallet is worth is counted in whole cents, rounded down, and never by floats."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.long
PRICE = '"65129.91000000"'


@pytest.fixture
def run(open_page: OpenPage) -> Callable[[str], Any]:
    page = open_page("/login")
    source = page.locator("script[src*='frame.js']").get_attribute("src") or ""
    module = source.replace("frame.js", "wallet/money.js")
    return lambda code: page.evaluate(f"import('{module}').then(money => String({code}))")


def test_amounts_worth_and_shares(run: Callable[[str], Any]) -> None:
    for code, expected in {
        f'money.cents("0.50000000", "BTC", {PRICE})': "3256495",
        f'money.cents("0.00000001", "BTC", {PRICE})': "0",
        f'money.cents("21000000.00000000", "BTC", {PRICE})': "136772811000000",
        'money.cents("10000.00999999", "USDB", null)': "1000000",
        'money.cents("1.00000000", "BTC", null)': "null",
        'money.cents("0.00000000", "DOGE", null)': "0",
        'money.dollars(money.cents("1234567.899", "USDB", null))': "$1,234,567.89",
        "money.dollars(null)": "no price",
        'money.sum("0.1", "0.20", "9007199254740993.00000001")': "9007199254740993.30000001",
        'money.minus("1.00000000", "0.00002")': "0.99998000",
        'money.isZero("0.00000000")': "true",
        'money.isZero("0.00000001")': "false",
        'money.amountText("1234.56789000", "USDB")': "1,234.56 USDB",
        'money.amountText("1234.56789000", "USDB", {exact: true})': "1,234.56789 USDB",
        'money.amountText("0.5", "BTC")': "0.50000000 BTC",
        'money.amountText("-3.10", "ETH", {unit: false})': "-3.1",
        "money.share(1n, 3n)": "33.33",
        "money.share(1n, 0n)": "0",
    }.items():
        assert run(code) == expected, code
