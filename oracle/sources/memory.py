"""What is remembered of a source's quotes: the newest, and for how long it has been the very same price."""

from dataclasses import replace

from oracle.rules.quotes import Quote

CLOCKS_APART_MS = 5_000  # a time that is further ahead than clocks go apart is not believed


class QuoteMemory:
    """Of one source. Times are those of the clock that is given, ms."""

    def __init__(self) -> None:
        self._last: Quote | None = None
        self._price_since_ms = 0

    def take(self, quote: Quote, now_ms: int) -> Quote:
        """The quote with how long its price has stood, or the one before where this one is older than that.

        An older one comes from a server that lags behind its neighbours. A quote from the future is given on,
        for the rules to refuse, and not remembered: nothing that comes would be newer for a long time.
        """
        if quote.time_ms > now_ms + CLOCKS_APART_MS:
            return quote
        last = self._last
        if last is not None and last.time_ms > now_ms + CLOCKS_APART_MS:
            last = None  # our own clock went back, and nothing would be newer until it is there again
        if last is not None and quote.time_ms < last.time_ms:
            quote = last
        if last is None or quote.price_e8 != last.price_e8:
            self._price_since_ms = now_ms
        self._last = quote
        return replace(quote, unchanged_ms=max(now_ms - self._price_since_ms, 0))
