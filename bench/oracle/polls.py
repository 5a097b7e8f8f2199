"""A process that makes rounds as the worker does: ten sources over HTTP, our poller, a commit each."""

import json
import sys
import time

import django

django.setup()

from bench.oracle.quoting import TERMS  # noqa: E402 (Django's settings come first)
from oracle.polling import Polled, Poller  # noqa: E402
from oracle.rules.quotes import Quote  # noqa: E402
from oracle.services.polling_rounds import poll_round  # noqa: E402
from oracle.services.rounds import Pricing  # noqa: E402
from oracle.source_loop import SourceLoop  # noqa: E402
from oracle.sources.web import Web  # noqa: E402

DEADLINE_S = 1.0
WARM_UP = 10


class Venue:
    """A source that notes when its answer was there."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.base, self.currency = TERMS[name].base, TERMS[name].currency
        self.answered_ns = 0
        self._url = url
        self._web = Web(timeout_s=DEADLINE_S)

    async def fetch(self) -> Quote:
        answer = await self._web.get(self._url, limit=1_000)
        self.answered_ns = time.time_ns()
        said = json.loads(answer.text)
        return Quote(self.name, self.base, self.currency, said["price_e8"], said["time_ms"])

    async def close(self) -> None:
        await self._web.close()


def main(port: int, rounds: int) -> None:
    venues = [Venue(name, f"http://127.0.0.1:{port}/{place}") for place, name in enumerate(TERMS)]
    loop, pricing = SourceLoop(Poller(venues, DEADLINE_S), DEADLINE_S), Pricing()
    answered: list[int] = []

    def ask() -> Polled:
        polled = loop.poll()
        assert len(polled.quotes) == len(TERMS), polled.absences
        answered.append(max(venue.answered_ns for venue in venues))
        return polled

    for _ in range(WARM_UP + rounds):
        assert poll_round(ask, pricing=pricing)
    loop.close()
    print(json.dumps(answered[WARM_UP:]))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
