"""A ccxt exchange whose answers come through our own bounded client and are read without binary fractions.

ccxt contributes what it knows of each exchange: addresses, names, shapes and errors.
"""

from typing import Any
from urllib.parse import urlsplit

import aiohttp
import ccxt.async_support
import ccxt.pro
from ccxt.base import errors

from oracle.rules.names import NoSource, SourceName
from oracle.rules.quotes import Absent
from oracle.sources.ccxt_markets import known_market
from oracle.sources.shapes import decoded, malformed, refuse_wild
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import MAX_MARKETS_BODY, Surroundings
from oracle.sources.web import RATE_LIMITED, Web, check_status

MARKETS_TIMEOUT_S = 30.0

# The first that fits. What is not ccxt's own error is a body that its parser stumbled over.
_REASONS: tuple[tuple[type[Exception], Absent], ...] = (
    (errors.RateLimitExceeded, Absent.RATE_LIMITED),
    (errors.DDoSProtection, Absent.RATE_LIMITED),
    (errors.RequestTimeout, Absent.TIMED_OUT),
    (errors.OnMaintenance, Absent.NO_PRICE),
    (errors.MarketClosed, Absent.NO_PRICE),
    (errors.BadResponse, Absent.MALFORMED),
    (errors.ExchangeNotAvailable, Absent.REFUSED),
    (errors.NetworkError, Absent.UNREACHABLE),
    (errors.BaseError, Absent.REFUSED),
)


async def _refuse_redirect(*_: Any) -> None:
    raise SourceFailure(Absent.REFUSED, "a redirect")


_NO_REDIRECTS = aiohttp.TraceConfig()
_NO_REDIRECTS.on_request_redirect.append(_refuse_redirect)
_NO_REDIRECTS.freeze()


class _Ours:
    """Mixed in before an exchange's class. Its numbers stay the text that came."""

    number = str
    web: Web
    address: str  # of a server that stands in for the exchange's own; empty: none
    body_limit: int
    retry_after_s = 0

    async def fetch(self, url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        if method != "GET":
            raise SourceFailure(Absent.REFUSED, f"a price is asked for with GET, not {method}")
        exchange: Any = self
        sent = exchange.prepare_request_headers(headers)
        answer = await self.web.get(self._moved(url), sent, limit=self.body_limit)
        self.retry_after_s = answer.retry_after_s
        if answer.status in RATE_LIMITED:  # whatever the exchange's own handler would make of its body
            check_status(answer)
        value = _decoded_or_none(answer.text)
        text = answer.text.strip()
        facts = answer.status, answer.reason, url, method
        exchange.handle_errors(*facts, dict(answer.headers), text, value, sent, body)
        exchange.handle_http_status_code(*facts, text)
        check_status(answer)
        return value if value is not None else decoded(text)

    def _moved(self, url: str) -> str:
        if not self.address:
            return url
        parts = urlsplit(url)
        return url.replace(f"{parts.scheme}://{parts.netloc}", self.address, 1)

    def open(self, lazy: bool = False) -> None:
        """The session of websockets is ccxt's own; it would follow a redirect."""
        exchange: Any = self
        had = exchange.session
        super().open(lazy)  # type: ignore[misc]
        if exchange.session is not had:
            exchange.session.trace_configs.append(_NO_REDIRECTS)

    def client(self, url: str) -> Any:
        """A websocket's address moves too; http becomes ws."""
        return super().client("ws" + self._moved(url)[4:] if self.address else url)  # type: ignore[misc]

    def handle_message(self, client: Any, message: Any) -> None:
        """ccxt's reader dies silently of a message that its parser stumbles over: say so, and close."""
        try:
            refuse_wild(message)
            super().handle_message(client, message)  # type: ignore[misc]
        except Exception as error:  # noqa: BLE001 (a message of any shape)
            client.on_error(errors.BadResponse(type(error).__name__))

    def safe_ticker(self, ticker: dict[str, Any], market: Any = None) -> dict[str, Any]:
        """As it was parsed: what ccxt would work out of other fields is no price that somebody gave."""
        return ticker


def _decoded_or_none(text: str) -> Any:
    """What an error page says is the exchange's to read; a number that is too wild is nobody's."""
    try:
        return decoded(text)
    except SourceFailure:
        return None


class CcxtClient:
    """One exchange for one pair: its market is known, or asked for once."""

    def __init__(self, name: SourceName, around: Surroundings, *, streaming: bool = False) -> None:
        package = ccxt.pro if streaming else ccxt.async_support
        if name.kind not in package.exchanges:
            raise NoSource(f"ccxt knows no {name.kind}")
        theirs = getattr(package, name.kind)
        self.exchange: Any = type(f"Our{theirs.__name__}", (_Ours, theirs), {})(
            {
                "timeout": int(around.timeout_s * 1000),
                "enableRateLimit": False,  # a round is slower than any limit; ccxt's own would hold it up
            }
        )
        self.exchange.timeout_on_exit = 0
        self.exchange.web = Web(timeout_s=around.timeout_s)
        self.exchange.address = around.address(name.kind)
        self.exchange.body_limit = around.max_body
        self._symbol = name.label
        loading = self.exchange.options.get("fetchMarkets")
        if isinstance(loading, dict) and "types" in loading:
            loading["types"] = ["spot"]
        market = known_market(name.kind, name.label)
        if market is not None:
            self.exchange.set_markets([self.exchange.safe_market_structure(market)])

    async def load(self) -> None:
        """Raises what ccxt raises, and SourceFailure."""
        exchange = self.exchange
        if exchange.markets is None:
            usual, exchange.web = exchange.web, Web(timeout_s=MARKETS_TIMEOUT_S)
            limit, exchange.body_limit = exchange.body_limit, MAX_MARKETS_BODY
            try:
                await exchange.load_markets()
            finally:
                await exchange.web.close()
                exchange.web, exchange.body_limit = usual, limit
        if not exchange.markets.get(self._symbol, {}).get("spot"):  # an index or a contract may bear the name
            exchange.markets = exchange.markets_loading = None  # it may have, the next time that it is asked
            raise SourceFailure(Absent.REFUSED, f"it has no {self._symbol}")

    @property
    def packs_messages(self) -> bool:
        """By itself, in its websocket: ccxt unpacks those without a bound."""
        options = self.exchange.options.get("ws") or {}
        return bool(options.get("gunzip") or options.get("inflate"))

    def failure(self, error: Exception) -> SourceFailure:
        """What went wrong, as every source says it. Nothing of a body is repeated."""
        if isinstance(error, SourceFailure):
            return error
        kind = type(error).__name__
        for their, reason in _REASONS:
            if isinstance(error, their):
                return SourceFailure(reason, kind, retry_after_s=self.exchange.retry_after_s)
        return malformed(f"not the shape of a price: {kind}")

    async def close(self) -> None:
        await self.exchange.web.close()
        await self.exchange.close()
