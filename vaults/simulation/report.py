"""A crash in words, or as JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from ledger.money import format_atoms
from vaults.rules.statuses import VaultEvent
from vaults.simulation.seen import DELAYS, Crash, Minute, Shortfall, Turn

NS_PER_US = 1_000
_PERCENTILES = (50, 99, 100)
_COVERS = (0, 1, 10, 50)
Json = dict[str, object]


def lines(crash: Crash) -> Iterator[str]:
    if not crash.turns:
        yield "No price came of this recording."
        return
    yield f"{crash.vaults:,} vaults, {len(crash.turns):,} rounds, {len(crash.ever):,} became liquidatable"
    yield from _minutes(crash.minutes)
    yield from _delays(crash)
    yield from _scans(crash)


def _minutes(minutes: Sequence[Minute]) -> Iterator[str]:
    yield ""
    yield "Nobody liquidates: what stands liquidatable at the end of each minute, if sold at that price"
    yield f"{'UTC':>5} {'price':>10} {'warned':>7} {'new':>6} {'saved':>6} {'all':>7} {'debt':>16} {_HEAD}"
    for one in minutes:
        found, turn = one.shortfall, one.turn
        saved = one.entered.get(VaultEvent.RECOVER, 0) + one.entered.get(VaultEvent.RECOVER_WARNED, 0)
        yield (
            f"{_clock(turn.time_ms)} {_dollars(turn.price_e8):>10} {one.entered.get(VaultEvent.WARN, 0):>7,}"
            f" {one.entered.get(VaultEvent.LIQUIDATE, 0):>6,} {saved:>6,} {found.vaults:>7,}"
            f" {_dollars(found.debt_atoms):>16} {_short(found)} {turn.refused}"
        ).rstrip()


def _delays(crash: Crash) -> Iterator[str]:
    yield ""
    yield "Each vault sold so long after it became liquidatable: its value in percent of debt and penalty"
    yield f"{'after':>7} {'vaults':>7} {'debt':>16} {_HEAD} {'worst':>9} {'p1':>9} {'p10':>9} {'p50':>9}"
    for minutes in DELAYS:
        found = crash.sold_after(minutes)
        shares = " ".join(f"{_percent(found.cover_ppm(one)):>9}" for one in _COVERS)
        debt = _dollars(found.debt_atoms)
        yield f"{minutes:>3} min {found.vaults:>7,} {debt:>16} {_short(found)} {shares}".rstrip()


def _scans(crash: Crash) -> Iterator[str]:
    scanned = crash.scanned()
    yield ""
    for name, turns in (("all", scanned), ("that moved a vault", [turn for turn in scanned if turn.entered])):
        if turns:
            p50, p99, longest = (_us(turns, one) for one in _PERCENTILES)
            yield f"scans, {name}: {len(turns):,}; p50 {p50:,} us, p99 {p99:,} us, longest {longest:,} us"
    for code, count in sorted(Counter(turn.refused for turn in crash.turns if turn.refused).items()):
        yield f"rounds without a price to liquidate by: {count:,} {code}"


_HEAD = f"{'short':>6} {'of penalty, debt':>17} {'bad':>6} {'bad debt':>15}"


def _short(found: Shortfall) -> str:
    short, bad = _dollars(found.short_atoms), _dollars(found.bad_atoms)
    return f"{found.short_vaults:>6,} {short:>17} {found.bad_vaults:>6,} {bad:>15}"


def as_json(crash: Crash) -> Json:
    """Times are ms, amounts decimal strings, shares ppm."""
    scanned = crash.scanned()
    return {
        "vaults": crash.vaults,
        "rounds": len(crash.turns),
        "liquidatable_once": len(crash.ever),
        "refused": dict(Counter(turn.refused for turn in crash.turns if turn.refused)),
        "scan_us": {f"p{one}": _us(scanned, one) for one in _PERCENTILES} if scanned else {},
        "minutes": [_minute_json(one) for one in crash.minutes],
        "sold_after_minutes": {str(one): _shortfall_json(crash.sold_after(one)) for one in DELAYS},
    }


def _minute_json(one: Minute) -> Json:
    return {
        "time_ms": one.turn.time_ms,
        "price": format_atoms(one.turn.price_e8, 8),
        "entered": {event.value: count for event, count in one.entered.items()},
        "liquidatable": _shortfall_json(one.shortfall),
    }


def _shortfall_json(found: Shortfall) -> Json:
    return {
        "vaults": found.vaults,
        "debt": format_atoms(found.debt_atoms, 8),
        "due": format_atoms(found.due_atoms, 8),
        "short_vaults": found.short_vaults,
        "short": format_atoms(found.short_atoms, 8),
        "bad_vaults": found.bad_vaults,
        "bad_debt": format_atoms(found.bad_atoms, 8),
        "cover_ppm": {f"p{one}": found.cover_ppm(one) for one in _COVERS},
    }


def _us(turns: Sequence[Turn], percentile: int) -> int:
    ordered = sorted(turn.took_ns for turn in turns)
    return ordered[(len(ordered) - 1) * percentile // 100] // NS_PER_US


def _clock(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms // 1_000, UTC).strftime("%H:%M")


def _dollars(atoms: int) -> str:
    whole, _, cents = format_atoms(atoms // 10**6, 2).partition(".")
    return f"{int(whole):,}.{cents}"


def _percent(ppm: int | None) -> str:
    return "" if ppm is None else f"{format_atoms(ppm // 100, 2)} %"
