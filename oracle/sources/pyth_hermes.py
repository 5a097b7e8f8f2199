"""The price that Pyth's publishers agree on, from a Hermes server: with its time and its own confidence."""

from typing import Any

from oracle.rules.names import NoSource, SourceName
from oracle.rules.quotes import Absent, Quote
from oracle.sources.pyth_feeds import FEEDS
from oracle.sources.shapes import confidence_of, decoded, malformed, price_of, time_of
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import PYTH_URL, Surroundings
from oracle.sources.web import Web, check_status

_MAX_EXPONENT = 12


class PythHermes:
    def __init__(self, text: str, name: SourceName, around: Surroundings) -> None:
        if name.label not in FEEDS:
            raise NoSource(f"the Pyth feed of {name.label} is not known: {', '.join(FEEDS)} are")
        self.name = text
        self.base = name.base
        self.currency = name.currency
        self._feed = FEEDS[name.label]
        self._url = f"{around.address('pyth', PYTH_URL)}/v2/updates/price/latest?ids%5B%5D={self._feed}"
        self._limit = around.max_body
        self._web = Web(timeout_s=around.timeout_s)

    async def fetch(self) -> Quote:
        answer = await self._web.get(self._url + "&parsed=true", limit=self._limit)
        check_status(answer)
        try:
            price = _feed_in(decoded(answer.text), self._feed)
            return self._quote(price, price["expo"])
        except (KeyError, TypeError, AttributeError) as error:
            raise malformed("not the shape of a price update") from error

    def _quote(self, price: dict[str, Any], exponent: object) -> Quote:
        if type(exponent) is not int or abs(exponent) > _MAX_EXPONENT:
            raise malformed("no exponent where one should be")
        if not isinstance(price["price"], str) or not isinstance(price["conf"], str):
            raise malformed("no integers where there should be")
        return Quote(
            source=self.name,
            base=self.base,
            currency=self.currency,
            price_e8=price_of(_scaled(price["price"], exponent)),
            confidence_e8=confidence_of(_scaled(price["conf"], exponent)),
            time_ms=time_of(price["publish_time"], unit_ms=1000),
        )

    async def close(self) -> None:
        await self._web.close()


def _feed_in(body: Any, feed: str) -> dict[str, Any]:
    """The answer must be of the feed that was asked for, whatever else is in it."""
    found = [one["price"] for one in body["parsed"] if one["id"] == feed]
    if not found:
        raise SourceFailure(Absent.NO_PRICE, "the feed is not in the answer")
    if not isinstance(found[0], dict):
        raise malformed("not the shape of a price update")
    return found[0]


def _scaled(integer: str, exponent: int) -> str:
    """Pyth's integer as a decimal: "6140993501000" and -8."""
    if not integer.isascii() or not integer.lstrip("-").isdecimal():
        raise malformed("no integer where one should be")
    return f"{integer}e{exponent}"
