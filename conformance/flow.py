"""A market that lives: mira keeps bids and asks around a price that walks, toby takes from them."""

import random
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx

from conformance.native import Native
from conformance.people import Person

MARKET = "BTC-USDB"
LEVELS = 12
STEP_SECONDS = 0.1
WARM_UP_STEPS = 40
MIDDLE_CENTS = 6_000_000
REACH_CENTS = 20_000  # how far the price walks from where it began


class Flow:
    """Each step moves one offer and takes a little. One that fails, as when the engine is killed, is left."""

    def __init__(self, url: str, maker: Person, taker: Person, seed: int = 7) -> None:
        self._client = httpx.Client(base_url=url, timeout=10)
        self._maker = Native(self._client, maker)
        self._taker = Native(self._client, taker)
        self._chance = random.Random(seed)
        self._cents = MIDDLE_CENTS
        self._resting: deque[str] = deque()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="flow", daemon=True)

    def start(self) -> None:
        for level in range(LEVELS):
            for side in ("BUY", "SELL"):
                self._offer(side, level)
        for _ in range(WARM_UP_STEPS):
            self.step()
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join()
        self._client.close()

    def _run(self) -> None:
        while not self._ending.wait(STEP_SECONDS):
            with suppress(httpx.HTTPError):
                self.step()

    def step(self) -> None:
        walked = self._cents + self._chance.randint(-300, 300)
        self._cents = min(max(walked, MIDDLE_CENTS - REACH_CENTS), MIDDLE_CENTS + REACH_CENTS)
        side = self._chance.choice(("BUY", "SELL"))
        self._offer(side, self._chance.randrange(LEVELS))
        if len(self._resting) > 4 * LEVELS:
            self._maker.send("DELETE", f"/api/v1/orders/{self._resting.popleft()}")
        if self._chance.random() < 0.6:
            self._take()

    def _offer(self, side: str, level: int) -> None:
        away = 100 + level * 250 + self._chance.randrange(100)
        cents = self._cents - away if side == "BUY" else self._cents + away
        answer = self._maker.send(
            "POST",
            "/api/v1/orders",
            {
                "market": MARKET,
                "side": side,
                "type": "LIMIT",
                "price": f"{cents // 100}.{cents % 100:02}",
                "quantity": f"0.0{self._chance.randint(10, 90)}",
                "post_only": True,
            },
        )
        if answer.is_success:
            self._resting.append(answer.json()["order"]["order_id"])

    def _take(self) -> None:
        side = self._chance.choice(("BUY", "SELL"))
        quantity = f"0.00{self._chance.randint(10, 60)}"
        self._taker.send(
            "POST",
            "/api/v1/orders",
            {"market": MARKET, "side": side, "type": "MARKET", "quantity": quantity},
        )


def trade_once(maker: Native, taker: Native, market: str, price: str, quantity: str) -> None:
    """So that the market has a last price."""
    for native, side in ((maker, "SELL"), (taker, "BUY")):
        order = {"market": market, "side": side, "type": "LIMIT", "price": price, "quantity": quantity}
        answer = native.send("POST", "/api/v1/orders", order)
        assert answer.is_success, answer.text


@contextmanager
def flowing(url: str, maker: Person, taker: Person) -> Iterator[Flow]:
    flow = Flow(url, maker, taker)
    flow.start()
    try:
        yield flow
    finally:
        flow.stop()


def until_funded(native: Native, asset: str, seconds: float = 20) -> None:
    """Until the money that was sent to the trading wallet is there."""
    ends = time.monotonic() + seconds
    while native.trading(asset)[0] in ("0", "0.00000000"):
        assert time.monotonic() < ends, f"no {asset} in the trading wallet of {native.person.name}"
        time.sleep(0.05)
