"""From an outside book to the quotes that are wanted: scaled, grouped, apart, and within the means. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from exchange.bots.rules.quoting import Quote
from exchange.bots.rules.units import PPM, Level, OutsideBook, Units
from exchange.engine.types import Side

_SPARE_PPM = 990_000  # of what there is: a bid holds its fee too, and rates may change


@dataclass(frozen=True, slots=True)
class CopyTerms:
    """How a book is copied. Prices and quantities by a factor; `group_ticks` joins prices into steps of so
    many ticks; best bid and ask stay `spread_ticks` apart; `most_lots` bounds a level."""

    levels: int
    price_ppm: int
    quantity_ppm: int
    group_ticks: int
    spread_ticks: int
    most_lots: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What an account has, what its orders hold included, and what it shall have at least and at most."""

    base_lots: int
    quote_cells: int
    least_base_lots: int = 0
    least_quote_cells: int = 0
    most_base_lots: int = 2**63
    most_quote_cells: int = 2**126


def copied(book: OutsideBook, units: Units, terms: CopyTerms) -> list[Quote]:
    """Best first on each side, bids before asks, of at least the market's least notional. Never crossed."""
    bids = _side(book.bids, Side.BUY, units, terms)
    asks = _side(book.asks, Side.SELL, units, terms)
    if bids and asks:
        doubled_middle = bids[0].price_ticks + asks[0].price_ticks
        bids = [one for one in bids if 2 * one.price_ticks <= doubled_middle - terms.spread_ticks]
        asks = [one for one in asks if 2 * one.price_ticks >= doubled_middle + terms.spread_ticks]
    return [*bids[: terms.levels], *asks[: terms.levels]]


def _side(levels: Sequence[Level], side: Side, units: Units, terms: CopyTerms) -> list[Quote]:
    """What is too little to be an order at its price waits for the next worse one."""
    quotes: list[Quote] = []
    waiting_lots = 0
    for price_ticks, lots in _grouped(levels, side, units, terms):
        waiting_lots += lots
        if price_ticks < 1:
            continue
        shown = min(waiting_lots, terms.most_lots, units.max_cells // price_ticks)
        if shown < 1 or price_ticks * shown < units.min_cells:
            continue
        quotes.append(Quote(side, price_ticks, shown))
        waiting_lots = 0
    return quotes


def _grouped(
    levels: Sequence[Level], side: Side, units: Units, terms: CopyTerms
) -> Iterator[tuple[int, int]]:
    """Away from the middle, so that a copied price is never better than the one it copies."""
    step = units.tick_e8 * terms.group_ticks * PPM
    sums: dict[int, int] = {}
    for level in levels:
        scaled = level.price_e8 * terms.price_ppm
        groups = scaled // step if side == Side.BUY else -(-scaled // step)
        sums[groups] = sums.get(groups, 0) + level.quantity_e8 * terms.quantity_ppm
    for groups in sorted(sums, reverse=side == Side.BUY):
        yield groups * terms.group_ticks, sums[groups] // (units.lot_e8 * PPM)


def within_band(quotes: Sequence[Quote], reference_ticks: int, band_ppm: int) -> list[Quote]:
    """Those that a market with a price band takes."""
    least, most = reference_ticks * (PPM - band_ppm), reference_ticks * (PPM + band_ppm)
    return [quote for quote in quotes if least <= quote.price_ticks * PPM <= most]


def affordable(quotes: Sequence[Quote], holding: Holding, units: Units) -> list[Quote]:
    """What of the quotes the account can and shall stand for.

    The less it has of an asset beside the other, by worth, the less it offers of it; then each
    side ends, away from the middle, where it would leave less or bring more than is allowed.
    """
    bids = [quote for quote in quotes if quote.side == Side.BUY]
    asks = [quote for quote in quotes if quote.side == Side.SELL]
    bid_ppm, ask_ppm = skew(holding, (asks or bids)[0].price_ticks) if quotes else (0, 0)
    spendable = max(
        min(holding.quote_cells * _SPARE_PPM // PPM, holding.quote_cells - holding.least_quote_cells), 0
    )
    room_for_base = max(holding.most_base_lots - holding.base_lots, 0)
    sellable = max(holding.base_lots - holding.least_base_lots, 0)
    room_for_quote = max(holding.most_quote_cells - holding.quote_cells, 0)
    return list(
        chain(
            _within(_shrunk(bids, bid_ppm), lots=room_for_base, cells=spendable, least=units.min_cells),
            _within(_shrunk(asks, ask_ppm), lots=sellable, cells=room_for_quote, least=units.min_cells),
        )
    )


def skew(holding: Holding, price_ticks: int) -> tuple[int, int]:
    """Which part of what it would buy, and of what it would sell, an account does, in ppm: all of it while it
    has at least two fifths of its worth in the asset that it gives away."""
    base_cells, quote_cells = max(holding.base_lots, 0) * price_ticks, max(holding.quote_cells, 0)
    worth = base_cells + quote_cells
    if worth == 0:
        return 0, 0
    return min(PPM, 5 * quote_cells * PPM // (2 * worth)), min(PPM, 5 * base_cells * PPM // (2 * worth))


def _shrunk(quotes: Iterable[Quote], ppm: int) -> Iterator[Quote]:
    for quote in quotes:
        yield quote._replace(lots=quote.lots * ppm // PPM)


def _within(quotes: Iterable[Quote], *, lots: int, cells: int, least: int) -> Iterator[Quote]:
    for quote in quotes:
        fitting = min(quote.lots, lots, cells // quote.price_ticks)
        if fitting * quote.price_ticks < least or fitting == 0:
            continue
        lots -= fitting
        cells -= fitting * quote.price_ticks
        yield quote._replace(lots=fitting)
