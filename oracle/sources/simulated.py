"""A made-up feed: the shared simulated price with a small error and a confidence of its own.

Only where the settings name it; what comes of it is marked everywhere.
"""

from oracle.rules.names import SourceName
from oracle.rules.quotes import PRICE_DECIMALS, Quote
from oracle.sources.chance import noise
from oracle.sources.shapes import now_ms
from oracle.sources.simulation import price_cents, volatility
from oracle.sources.surroundings import Surroundings

_CENT_E8 = 10 ** (PRICE_DECIMALS - 2)
_ERROR = 0.00008
_ERROR_PERIOD_MS = 3_000
_CONFIDENCE = 0.0002


class Simulated:
    def __init__(self, text: str, name: SourceName, around: Surroundings) -> None:
        self.name = text
        self.base = name.base
        self.currency = name.currency
        self._seed = around.seed
        self._middle_price = around.middle_price

    async def fetch(self) -> Quote:
        return self.at(now_ms())

    def at(self, time_ms: int) -> Quote:
        """Of the seed, the feed's name and the time, nothing else."""
        latent = price_cents(self._seed, self._middle_price, time_ms)
        error = _ERROR * noise(f"{self._seed}/{self.name}", time_ms, _ERROR_PERIOD_MS)
        width = _CONFIDENCE * volatility(self._seed, time_ms)
        return Quote(
            source=self.name,
            base=self.base,
            currency=self.currency,
            price_e8=max(round(latent * (1 + error)), 1) * _CENT_E8,
            time_ms=time_ms,
            confidence_e8=max(round(latent * min(width, 0.005)), 1) * _CENT_E8,
            simulated=True,
        )

    async def close(self) -> None:
        """Nothing is open."""
