"""What a maker must ask for so that what it wants is what rests, with the fewest requests. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from exchange.bots.rules.units import PPM
from exchange.engine.types import Side

MOST_AMENDS = 2  # of one plan: beyond them two batches are cheaper, whatever they change
MOST_AT_ONCE = 100  # orders that the house takes in one batch


class Quote(NamedTuple):
    side: Side
    price_ticks: int
    lots: int


class Resting(NamedTuple):
    """An order of ours. `lots` are what remains of it, `filled_lots` what is gone: both are its quantity."""

    order_id: int
    side: Side
    price_ticks: int
    lots: int
    filled_lots: int = 0


class Amend(NamedTuple):
    """`lots` are what shall remain."""

    order: Resting
    price_ticks: int
    lots: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Carried out in this order: nothing of ours is ever in the way of something of ours."""

    amends: tuple[Amend, ...] = ()
    cancels: tuple[Resting, ...] = ()
    places: tuple[Quote, ...] = ()

    @property
    def requests(self) -> int:
        return len(self.amends) + bool(self.cancels) + bool(self.places)


def plan(wanted: Sequence[Quote], mine: Sequence[Resting], *, tolerance_ppm: int = 0) -> Plan:
    """`wanted` names each price once and does not cross itself.

    An order at a wanted price stays where its quantity is within the tolerance. One that is too large is
    amended down, which keeps its place in the queue: the best ones, and the others by the batches. One order
    that only has to move is amended; whatever else differs is canceled in one batch and placed in another.
    """
    goals = {(quote.side, quote.price_ticks): quote for quote in wanted}
    shrinks: list[Amend] = []
    cancels: list[Resting] = []
    kept: set[tuple[Side, int]] = set()
    for order in sorted(mine):  # the oldest at a price is the one that stays: it is the first in the queue
        key = order.side, order.price_ticks
        goal = goals.get(key)
        if goal is None or key in kept or _is_short(order, goal, tolerance_ppm):
            cancels.append(order)
            continue
        kept.add(key)
        if not _is_near(order, goal, tolerance_ppm):
            shrinks.append(Amend(order, goal.price_ticks, goal.lots))
    places = [quote for key, quote in goals.items() if key not in kept]
    return _cheapest(shrinks, cancels, places)


def _is_near(order: Resting, goal: Quote, tolerance_ppm: int) -> bool:
    return abs(order.lots - goal.lots) * PPM <= goal.lots * tolerance_ppm


def _is_short(order: Resting, goal: Quote, tolerance_ppm: int) -> bool:
    """More quantity loses the place in the queue, as a new order would."""
    return order.lots < goal.lots and not _is_near(order, goal, tolerance_ppm)


def _cheapest(shrinks: list[Amend], cancels: list[Resting], places: list[Quote]) -> Plan:
    shrinks.sort(key=_distance)
    amends, others = shrinks[:MOST_AMENDS], shrinks[MOST_AMENDS:]
    cancels += [amend.order for amend in others]
    places += [Quote(amend.order.side, amend.price_ticks, amend.lots) for amend in others]
    if len(cancels) == len(places) == 1 and cancels[0].side == places[0].side:
        amends.append(Amend(cancels[0], places[0].price_ticks, places[0].lots))
        cancels, places = [], []
    if len(cancels) > MOST_AT_ONCE:  # as several processes may leave them; what is left may be in the way
        cancels, places = cancels[:MOST_AT_ONCE], []
    return Plan(tuple(amends), tuple(cancels), tuple(places))


def unblocked(quotes: Sequence[Quote], blocked: Mapping[Side, int]) -> list[Quote]:
    """Without those of a side up to the price where somebody's order was in the way, but for its best one.

    That tries whether it still is: each try of each would be one more order that is refused. Best first.
    """
    best: dict[Side, Quote] = {}
    for quote in quotes:
        best.setdefault(quote.side, quote)
    return [quote for quote in quotes if quote == best[quote.side] or _is_beyond(quote, blocked)]


def _is_beyond(quote: Quote, blocked: Mapping[Side, int]) -> bool:
    if quote.side not in blocked:
        return True
    price_ticks = blocked[quote.side]
    return quote.price_ticks < price_ticks if quote.side == Side.BUY else quote.price_ticks > price_ticks


def worst_prices(quotes: Iterable[Quote]) -> dict[Side, int]:
    """Of each side that there is, the price farthest from the middle."""
    worst: dict[Side, int] = {}
    for side, price_ticks, _ in quotes:
        choose = min if side == Side.BUY else max
        worst[side] = choose(price_ticks, worst.get(side, price_ticks))
    return worst


def _distance(amend: Amend) -> int:
    """Least at the best price of either side: the middle is not known here, and need not be."""
    price_ticks = amend.price_ticks
    return -price_ticks if amend.order.side == Side.BUY else price_ticks
