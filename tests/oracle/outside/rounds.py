"""Rounds as a worker makes them, at any time, of prices that a test says."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from django.contrib.auth.models import User
from django.db import connection
from django.test import override_settings

from access.services import Origin
from oracle.rules.encoding import encode_view
from oracle.rules.quotes import PRICE_ONE, Absence, Absent, Quote
from oracle.rules.track import Decided
from oracle.selectors import NO_ROUND
from oracle.services.current import publish_price
from oracle.services.operators import end_pause, halt_oracle, resume_oracle
from oracle.services.rounds import Pricing
from oracle.services.terms import seed_sources
from tests.api.house import House

NAMES = ("simulated:1", "simulated:2", "simulated:3", "kraken:USDT/USD")
THREE = NAMES[:3]
FULL_PRICE = 60_000 * PRICE_ONE
Prices = Mapping[str, int]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@contextmanager
def sources() -> Iterator[None]:
    """Three simulated ones and a rate are what the settings name meanwhile."""
    with override_settings(ORACLE_SOURCES=list(NAMES)):
        seed_sources()
        yield


def same(dollars: int, names: tuple[str, ...] = THREE) -> dict[str, int]:
    return dict.fromkeys(names, dollars)


def make_round(prices: Prices, *, age_ms: int = 0) -> Decided:
    """As if it had been made `age_ms` ago. Whoever is not named did not answer. Prices are whole dollars."""
    at_ms = now_ms() - age_ms
    quotes = [
        Quote(name, "BTC", "USD", dollars * PRICE_ONE, at_ms, simulated=True)
        for name, dollars in prices.items()
    ]
    quotes.append(Quote(NAMES[3], "USDT", "USD", PRICE_ONE, at_ms))
    absences = [Absence(name, Absent.TIMED_OUT, "1.5 s") for name in THREE if name not in prices]
    return Pricing().run_round(quotes, absences, at_ms)


def forget_everything() -> None:
    """As if no round had ever been made."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "TRUNCATE oracle_round, oracle_minute, oracle_current, oracle_approval, oracle_incident"
        )
        cursor.execute("SET session_replication_role = DEFAULT")
    publish_price(encode_view(NO_ROUND))


def price(house: House) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{house.url}/api/v1/oracle/price", timeout=10).json()
    return found


def operator(name: str) -> Origin:
    person, _ = User.objects.get_or_create(username=name)
    return Origin(user_id=person.pk)


def halt(reason: str = "a test") -> int:
    return halt_oracle(origin=operator("olivia"), reason=reason, now_ms=now_ms()).pk


def resume(incident_id: int, by: str = "olivia") -> None:
    resume_oracle(incident_id=incident_id, origin=operator(by), reason="looked", now_ms=now_ms())


def calm(incident_id: int) -> None:
    end_pause(incident_id=incident_id, origin=operator("olivia"), reason="looked", now_ms=now_ms())
