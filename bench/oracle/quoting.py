"""Ten sources and what they quote: six in dollars, three in a stablecoin, and that stablecoin's own rate."""

from oracle.rules import Policy, Quote, SourceTerms

DOLLARS, TETHERS = 6, 3
TERMS = {
    **{f"venue{number}:BTC/USD": SourceTerms() for number in range(DOLLARS)},
    **{f"venue{number}:BTC/USDT": SourceTerms(currency="USDT") for number in range(TETHERS)},
    "venue0:USDT/USD": SourceTerms(base="USDT"),
}
POLICY = Policy(sources=TERMS)
ONE = 10**8
FAIR = 45_000 * ONE


def price_of(name: str, step: int) -> int:
    """A price that wanders a little, each source's own way."""
    place = list(TERMS).index(name)
    if TERMS[name].base != "BTC":
        return ONE - 20_000
    return FAIR + (step * 7 + place * 13) % 400 * ONE // 10


def quote_of(name: str, step: int, time_ms: int) -> Quote:
    terms = TERMS[name]
    confidence_e8 = 5 * ONE if name.endswith("0:BTC/USD") else None
    return Quote(name, terms.base, terms.currency, price_of(name, step), time_ms, confidence_e8)


def quotes_at(step: int, time_ms: int) -> list[Quote]:
    return [quote_of(name, step, time_ms) for name in TERMS]
