"""The figures of a replay in words for people, and as JSON."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from ledger.money import format_atoms
from oracle.replay.figures import Distance, Event, Figures, SourceFigures, Spell
from oracle.rules.incidents import Kind
from oracle.rules.policy import Policy
from oracle.rules.quotes import PRICE_DECIMALS, Verdict

Json = dict[str, Any]


def lines(figures: Figures, policy: Policy, most_spells: int) -> Iterator[str]:
    """`most_spells`: of each list of spells the longest so many are told, in their order."""
    span = f"{_time(figures.first_ms)} to {_time(figures.last_ms)}" if figures.rounds else "nothing recorded"
    refused = ", ".join(f"{count:,} {why}" for why, count in figures.refused.most_common()) or "none"
    yield f"{span}: {figures.rounds:,} rounds, {figures.accepted:,} accepted; refused: {refused}"
    yield ""
    for name, source in figures.sources.items():
        yield from _source_lines(name, source, most_spells)
    yield ""
    yield from _event_lines(figures, policy)
    yield ""
    yield from _state_lines(figures, most_spells)


def _source_lines(name: str, source: SourceFigures, most_spells: int) -> Iterator[str]:
    total = sum(source.rounds.values())
    verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in source.rounds.most_common())
    yield f"{name}: {verdicts} of {total:,}"
    yield f"  largest distance of an accepted price: {_distance(source.accepted)}"
    if source.shown != source.accepted:
        yield f"  and of the last price where a round gave none: {_distance(source.shown)}"
    dropped = [spell for spell in source.spells if spell.what != Verdict.KEPT]
    for spell in _longest(dropped, most_spells):
        yield f"  {_spell(spell)}"
    if len(dropped) > most_spells:
        yield f"  and {len(dropped) - most_spells:,} shorter ones"


def _event_lines(figures: Figures, policy: Policy) -> Iterator[str]:
    yield "halts and breakers:" if figures.events else "halts and breakers: none"
    for event in figures.events:
        ended = "to the end" if event.ended_ms is None else f"to {_time(event.ended_ms)}"
        yield f"  {event.kind} {_time(event.began_ms)} {ended}: {_move(event)}"
    for kind, breaker in (
        (Kind.LIQUIDATIONS_PAUSED, policy.liquidations),
        (Kind.MINTING_PAUSED, policy.minting),
    ):
        longest_s, cooldown_s = figures.longest_ms(kind) // 1_000, breaker.cooldown_ms // 1_000
        yield f"  longest {kind}: {longest_s:,} s; the policy's cooldown is {cooldown_s:,} s"
    yield f"  longest {Kind.HALT}: {figures.longest_ms(Kind.HALT) // 1_000:,} s"


def _state_lines(figures: Figures, most_spells: int) -> Iterator[str]:
    yield "states:"
    for what, lasted_ms in _time_in_states(figures).items():
        yield f"  {lasted_ms // 1_000:>9,} s {what}"
    shown = _longest(figures.states, most_spells)
    yield f"the longest {len(shown)} of {len(figures.states):,} spells:"
    for spell in shown:
        yield f"  {_spell(spell)}"


def _time_in_states(figures: Figures) -> dict[str, int]:
    total: dict[str, int] = {}
    for spell in figures.states:
        total[spell.what] = total.get(spell.what, 0) + spell.lasted_ms
    return dict(sorted(total.items(), key=lambda item: -item[1]))


def _longest(spells: Sequence[Spell], count: int) -> list[Spell]:
    longest = sorted(spells, key=lambda one: -one.lasted_ms)[:count]
    return sorted(longest, key=lambda one: one.from_ms)


def _spell(spell: Spell) -> str:
    missing = f": {', '.join(sorted(spell.sources))}" if spell.sources else ""
    span = f"{_time(spell.from_ms)} to {_time(spell.to_ms)} ({spell.lasted_ms // 1_000:,} s)"
    return f"{span} {spell.what}{missing}"


def _move(event: Event) -> str:
    if event.from_e8 is None or event.to_e8 is None:
        return event.reason
    return f"{_price(event.from_e8)} to {_price(event.to_e8)}, {_percent(event.move_ppm)} ({event.reason})"


def _distance(found: Distance) -> str:
    if found.ppm < 0:
        return "never beside it"
    where = f"{_price(found.price_e8)} against {_price(found.source_e8)}"
    return f"{_percent(found.ppm)} at {_time(found.time_ms)}, {where}"


def _percent(ppm: int) -> str:
    sign = "-" if ppm < 0 else ""
    return f"{sign}{abs(ppm) // 10_000}.{abs(ppm) % 10_000:04d} %"


def _price(price_e8: int) -> str:
    return format_atoms(price_e8, PRICE_DECIMALS)


def _time(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms // 1_000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def as_json(figures: Figures, policy: Policy) -> Json:
    """Times are ms, prices decimal strings; every spell, however short."""
    return {
        "first_ms": figures.first_ms,
        "last_ms": figures.last_ms,
        "rounds": figures.rounds,
        "accepted": figures.accepted,
        "refused": dict(figures.refused),
        "sources": {name: _source_json(one) for name, one in figures.sources.items()},
        "incidents": [_event_json(one) for one in figures.events],
        "longest_ms": {kind.value: figures.longest_ms(kind) for kind in Kind},
        "cooldown_ms": {
            Kind.LIQUIDATIONS_PAUSED.value: policy.liquidations.cooldown_ms,
            Kind.MINTING_PAUSED.value: policy.minting.cooldown_ms,
        },
        "states_ms": _time_in_states(figures),
        "states": [_spell_json(one) for one in figures.states],
    }


def _source_json(source: SourceFigures) -> Json:
    return {
        "rounds": dict(source.rounds),
        "largest_distance": _distance_json(source.accepted),
        "largest_distance_shown": _distance_json(source.shown),
        "dropped": [_spell_json(one) for one in source.spells if one.what != Verdict.KEPT],
    }


def _distance_json(found: Distance) -> Json | None:
    if found.ppm < 0:
        return None
    return {
        "ppm": found.ppm,
        "time_ms": found.time_ms,
        "price": _price(found.price_e8),
        "source_price": _price(found.source_e8),
    }


def _event_json(event: Event) -> Json:
    return {
        "kind": event.kind,
        "began_ms": event.began_ms,
        "ended_ms": event.ended_ms,
        "reason": event.reason,
        "from_price": None if event.from_e8 is None else _price(event.from_e8),
        "to_price": None if event.to_e8 is None else _price(event.to_e8),
        "move_ppm": event.move_ppm,
    }


def _spell_json(spell: Spell) -> Json:
    return {
        "what": spell.what,
        "from_ms": spell.from_ms,
        "to_ms": spell.to_ms,
        "sources": sorted(spell.sources),
    }
