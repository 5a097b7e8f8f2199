"""Rounds of three sources at chosen prices and times, made as a process makes them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from redis import Redis

from access.services import Origin
from oracle.models import Current, Incident, IncidentKind
from oracle.rules.encoding import decode_view
from oracle.rules.quotes import PRICE_ONE, Absence, Quote
from oracle.rules.track import Decided
from oracle.rules.view import PriceView
from oracle.services.current import PRICES_CHANNEL
from oracle.services.rounds import Pricing

SOURCES = ["kraken:BTC/USD", "coinbase:BTC/USD", "bitstamp:BTC/USD"]
START_MS = 1_800_000_000_000  # the beginning of a minute
PERIOD_MS = 2_000


def quotes(
    dollars: int, time_ms: int, *, sources: Sequence[str] = SOURCES, simulated: bool = False
) -> list[Quote]:
    return [Quote(name, "BTC", "USD", dollars * PRICE_ONE, time_ms, simulated=simulated) for name in sources]


@dataclass
class House:
    """Makes a round each two seconds of its own time."""

    now_ms: int = START_MS
    pricing: Pricing = field(default_factory=Pricing)

    def round(
        self, dollars: int, *, absences: Sequence[Absence] = (), sources: Sequence[str] = SOURCES
    ) -> Decided:
        self.now_ms += PERIOD_MS
        return self.pricing.run_round(quotes(dollars, self.now_ms, sources=sources), absences, self.now_ms)

    def rounds(self, *prices: int) -> Decided:
        return [self.round(price) for price in prices][-1]

    def restart(self) -> None:
        """Another process in the old one's place."""
        self.pricing = Pricing()


@contextmanager
def heard_prices(redis: Redis) -> Iterator[Iterator[int | None]]:
    """Prices as they are told, also those of other tests at this moment: a channel is the whole server's."""
    with redis.pubsub() as listener:  # type: ignore[no-untyped-call]
        listener.subscribe(PRICES_CHANNEL)
        assert listener.get_message(timeout=5)["type"] == "subscribe"

        def heard() -> Iterator[int | None]:
            while (message := listener.get_message(timeout=5)) is not None:
                last = decode_view(message["data"]).last
                yield None if last is None else last.price_e8

        yield heard()


def committed_view() -> PriceView:
    data = Current.objects.get().view
    assert data is not None
    return decode_view(bytes(data))


def open_incident(kind: IncidentKind) -> Incident:
    return Incident.objects.get(kind=kind, ended_ms=None)


def by(user_id: int) -> Origin:
    return Origin(user_id=user_id, ip="10.0.0.1")
