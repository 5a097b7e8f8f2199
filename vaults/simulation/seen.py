"""What was seen of a crash: turns of the scan, minutes, and what each sale would have left unpaid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ledger.money import mul_div_ceil, mul_div_floor
from vaults.rules.accumulator import PPM
from vaults.rules.figures import Figures
from vaults.rules.ratios import value_atoms
from vaults.rules.statuses import VaultEvent

MINUTE_MS = 60_000
DELAYS = (0, 1, 2, 5, 10, 20)  # minutes between becoming liquidatable and being sold


@dataclass(frozen=True, slots=True)
class Turn:
    """One round and the scan after it. `refused` is the code of why nothing was scanned, "" where it was."""

    time_ms: int
    price_e8: int
    refused: str = ""
    entered: dict[VaultEvent, int] = field(default_factory=dict)
    took_ns: int = 0


@dataclass(frozen=True, slots=True)
class Owing:
    """A vault as it stood when it became liquidatable."""

    time_ms: int
    collateral_sats: int
    debt_atoms: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Of vaults that are sold: `due_atoms` is debt with the penalty, `short_atoms` what is missing of that,
    `bad_atoms` what is missing of the debt alone. `covers_ppm`: value for due of each, the lowest first."""

    debt_atoms: int
    due_atoms: int
    short_atoms: int
    bad_vaults: int
    bad_atoms: int
    covers_ppm: tuple[int, ...]

    @property
    def vaults(self) -> int:
        return len(self.covers_ppm)

    @property
    def short_vaults(self) -> int:
        return sum(cover < PPM for cover in self.covers_ppm)

    def cover_ppm(self, percentile: int) -> int | None:
        """So many percent of the vaults have this or less. 0: the worst. None where there are none."""
        return self.covers_ppm[(self.vaults - 1) * percentile // 100] if self.covers_ppm else None


@dataclass(frozen=True, slots=True)
class Minute:
    """`shortfall` is of all that stand liquidatable at its end, sold at its price."""

    turn: Turn
    entered: dict[VaultEvent, int]
    shortfall: Shortfall


@dataclass(slots=True)
class Crash:
    vaults: int
    figures: Figures
    turns: list[Turn] = field(default_factory=list)
    minutes: list[Minute] = field(default_factory=list)
    liquidatable: dict[str, Owing] = field(default_factory=dict)
    ever: dict[str, Owing] = field(default_factory=dict)

    def scanned(self) -> list[Turn]:
        return [turn for turn in self.turns if not turn.refused]

    def end_minute(self) -> None:
        """With the latest turn."""
        since = self.minutes[-1].turn.time_ms if self.minutes else -1
        entered: dict[VaultEvent, int] = {}
        for turn in reversed(self.turns):
            if turn.time_ms <= since:
                break
            for event, count in turn.entered.items():
                entered[event] = entered.get(event, 0) + count
        last = self.turns[-1]
        found = shortfall(self.liquidatable.values(), last.price_e8, self.figures.penalty_ppm)
        self.minutes.append(Minute(last, entered, found))

    def sold_after(self, minutes: int) -> Shortfall:
        """Each vault at the price so long after it became liquidatable first; without those for whom the
        recording ends before."""
        later = [(vault, self._price_at(vault.time_ms + minutes * MINUTE_MS)) for vault in self.ever.values()]
        sold = [(vault, price_e8) for vault, price_e8 in later if price_e8 is not None]
        return shortfall_of(sold, self.figures.penalty_ppm)

    def _price_at(self, time_ms: int) -> int | None:
        low, high = 0, len(self.turns)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.turns[middle].time_ms < time_ms else (low, middle)
        return self.turns[low].price_e8 if low < len(self.turns) else None


def shortfall(vaults: Iterable[Owing], price_e8: int, penalty_ppm: int) -> Shortfall:
    return shortfall_of([(vault, price_e8) for vault in vaults], penalty_ppm)


def shortfall_of(sold: Sequence[tuple[Owing, int]], penalty_ppm: int) -> Shortfall:
    debts = [vault.debt_atoms for vault, _ in sold]
    dues = [mul_div_ceil(debt, PPM + penalty_ppm, PPM) for debt in debts]
    values = [value_atoms(vault.collateral_sats, price_e8) for vault, price_e8 in sold]
    short = [max(0, due - value) for due, value in zip(dues, values, strict=True)]
    bad = [max(0, debt - value) for debt, value in zip(debts, values, strict=True)]
    covers = sorted(mul_div_floor(value, PPM, due) for value, due in zip(values, dues, strict=True))
    return Shortfall(sum(debts), sum(dues), sum(short), sum(map(bool, bad)), sum(bad), tuple(covers))
