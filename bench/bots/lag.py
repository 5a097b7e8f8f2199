"""How far a maker is behind its source: `python -m bench.bots.lag PORT KEYS UPDATES`, as JSON by flow.

A book is put into the maker's inbox, and the time is taken until all that it asks for is committed.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import uvloop
from prometheus_client import Counter

django.setup()

from django.conf import settings  # noqa: E402

from ballast_sdk import AsyncClient  # noqa: E402
from ballast_sdk.socket import Socket  # noqa: E402
from exchange.bots import meters  # noqa: E402  (Django's settings come first)
from exchange.bots.account import HouseAccount  # noqa: E402
from exchange.bots.inbox import Inbox  # noqa: E402
from exchange.bots.maker import Maker  # noqa: E402
from exchange.bots.rules.units import E8, OutsideBook  # noqa: E402
from exchange.bots.sources.made_up import MadeUpMarket, book_around  # noqa: E402
from exchange.bots.terms import Terms, terms_of  # noqa: E402
from exchange.demo_keys import DemoKey, read_demo_keys  # noqa: E402

BEGIN_MS = 1_795_262_400_000
STEP_MS = 700
PRICE = 60_000 * E8
PAUSE_S = 0.01
_made_up = MadeUpMarket("bench")


def _drifting(number: int) -> OutsideBook:
    """The demo's: its price goes up and down by some dollars."""
    price_e8 = PRICE + (abs(number % 60 - 30) - 15) * E8
    return _made_up.at(price_e8, BEGIN_MS + number * STEP_MS)[0]


def _one_quantity(number: int) -> OutsideBook:
    """One level has less, then what it had again."""
    book = book_around("bench", PRICE, BEGIN_MS)
    best = book.bids[0]
    changed = best._replace(quantity_e8=best.quantity_e8 // (1 + number % 2))
    return book._replace(bids=(changed, *book.bids[1:]))


def _all_anew(number: int) -> OutsideBook:
    """Every price is another one."""
    return book_around(f"bench {number}", PRICE, BEGIN_MS)


FLOWS: dict[str, Callable[[int], OutsideBook]] = {
    "one quantity changes": _one_quantity,
    "the demo's market": _drifting,
    "every price changes": _all_anew,
}


async def main(url: str, key: DemoKey, updates: int) -> dict[str, Any]:
    terms = terms_of(settings.BOTS_TERMS | {"url": url, "tolerance_ppm": "250000"})
    async with (
        AsyncClient(url, key=key.key, secret=key.secret) as client,
        Socket(url, key=key.key, secret=key.secret) as socket,
    ):
        account = HouseAccount("maker", terms, client, socket)
        following = asyncio.create_task(account.follow())
        found = {name: await _flow(account, terms, book, updates) for name, book in FLOWS.items()}
        following.cancel()
    return found


async def _flow(
    account: HouseAccount, terms: Terms, book: Callable[[int], OutsideBook], updates: int
) -> dict[str, Any]:
    inbox = Inbox()
    maker = Maker(account, inbox, terms)
    inbox.put_book(book(0))
    while not await maker.run_once() or not account.resting():
        await asyncio.sleep(PAUSE_S)
    lags: list[float] = []
    requests, orders = _total(meters.REQUESTS), _total(meters.QUOTES)
    for number in range(1, updates + 1):
        await asyncio.sleep(PAUSE_S)  # else two updates could share a batch of the engine
        began = time.perf_counter()
        inbox.put_book(book(number))
        await maker.run_once()
        lags.append((time.perf_counter() - began) * 1_000)
    figures = {
        "lags_ms": lags,
        "requests": (_total(meters.REQUESTS) - requests) / updates,
        "orders": (_total(meters.QUOTES) - orders) / updates,
    }
    await maker.pull()
    return figures


def _total(counter: Counter) -> float:
    return sum(
        sample.value
        for metric in counter.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    )


if __name__ == "__main__":
    port, folder, count = sys.argv[1:]
    keys = read_demo_keys(Path(folder) / "demo_keys.json")
    json.dump(uvloop.run(main(f"http://127.0.0.1:{port}", keys["maker"], int(count))), sys.stdout)
