"""What bots are told: the settings as values, each within its bounds."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from exchange.bots.rules.copying import CopyTerms, Holding
from exchange.bots.rules.following import FollowTerms
from exchange.bots.rules.units import PPM, Units, e8_of

MOST_LEVELS = 50  # both sides are one batch of cancels then
SLACK_PPM = 2_000  # a taker's order trades no further from the outside price
_WHOLE = {
    "levels": (1, MOST_LEVELS),
    "price_ppm": (1, 1_000 * PPM),
    "quantity_ppm": (1, 1_000 * PPM),
    "tolerance_ppm": (0, PPM),
    "period_ms": (50, 60_000),
    "taker_per_minute": (0, 600),
    "taker_quantity_ppm": (1, 1_000 * PPM),
}
_AMOUNTS = (
    "group",
    "spread",
    "most",
    "taker_most",
    "least_base",
    "least_quote",
    "most_base",
    "most_quote",
)


@dataclass(frozen=True, slots=True)
class Terms:
    """Amounts are decimal strings: only a market says what its steps are. An amount of "0" is no bound."""

    url: str
    market: str
    source: str
    levels: int
    price_ppm: int
    quantity_ppm: int
    tolerance_ppm: int
    period_ms: int
    group: str
    spread: str
    most: str
    least_base: str
    least_quote: str
    most_base: str
    most_quote: str
    taker_per_minute: int
    taker_quantity_ppm: int
    taker_most: str

    def copy_terms(self, units: Units) -> CopyTerms:
        return CopyTerms(
            levels=self.levels,
            price_ppm=self.price_ppm,
            quantity_ppm=self.quantity_ppm,
            group_ticks=max(units.ticks(self.group), 1),
            spread_ticks=max(units.ticks(self.spread), 1),
            most_lots=units.lots(self.most) or 2**63,
        )

    def follow_terms(self, units: Units) -> FollowTerms:
        return FollowTerms(
            price_ppm=self.price_ppm,
            quantity_ppm=self.taker_quantity_ppm,
            per_minute=self.taker_per_minute,
            most_lots=units.lots(self.taker_most) or 2**63,
            slack_ppm=SLACK_PPM,
        )

    def holding(self, units: Units, *, base: str, quote: str) -> Holding:
        """Of an account that has so much of each asset."""
        return Holding(
            base_lots=units.lots(base),
            quote_cells=units.cells(quote),
            least_base_lots=units.lots(self.least_base),
            least_quote_cells=units.cells(self.least_quote),
            most_base_lots=units.lots(self.most_base) or 2**63,
            most_quote_cells=units.cells(self.most_quote) or 2**126,
        )


def terms_of(values: Mapping[str, str]) -> Terms:
    """Raises ValueError, with the name of what is wrong."""
    wrong = wrong_names(values)
    if wrong:
        raise ValueError(f"out of range: {', '.join(wrong)}")
    names = [field.name for field in fields(Terms)]
    return Terms(**{name: int(values[name]) if name in _WHOLE else values[name] for name in names})  # type: ignore[arg-type]


def wrong_names(values: Mapping[str, str]) -> list[str]:
    """Of the values that cannot be."""
    wrong = [
        name
        for name, (least, most) in _WHOLE.items()
        if not (values[name].isascii() and values[name].isdigit() and least <= int(values[name]) <= most)
    ]
    return wrong + [name for name in _AMOUNTS if not _is_amount(values[name])]


def _is_amount(text: str) -> bool:
    try:
        return 0 <= e8_of(text) < 2**63
    except ValueError:
        return False
