"""Who may act in which state, and at what price."""

from dataclasses import replace

import pytest

from oracle.errors import (
    NoPrice,
    OracleDegraded,
    OracleHalted,
    OraclePaused,
    OracleStale,
    OracleUnconfirmed,
)
from oracle.rules import (
    WHO_MAY,
    Band,
    Degraded,
    Halt,
    PriceView,
    Refusal,
    SourceVerdict,
    Stale,
    State,
    Use,
    Verdict,
    allowed,
    display_price,
    liquidation_price,
    mint_price,
    state_of,
)
from oracle.rules.uses import missing_sources, pauses_of
from oracle.selectors import NO_ROUND
from tests.oracle.rules.quoting import NOW, e8

KEPT = SourceVerdict("a:BTC/USD", Verdict.KEPT)
FRESH = PriceView(
    round_id=7,
    round_ms=NOW,
    last=Band(e8("50000"), e8("100"), NOW),
    confirming=Band(e8("50200"), e8("50"), NOW - 2_000),
    refusal=None,
    verdicts=(KEPT,),
    twap_e8=e8("50500"),
    twap_covered_ms=3_600_000,
    liquidations_paused_until_ms=0,
    minting_paused_until_ms=0,
    halt=None,
    simulated=False,
    policy_version=3,
    stale_after_ms=10_000,
    max_deviation_ppm=20_000,
)
MISSING = replace(FRESH, verdicts=(KEPT, SourceVerdict("b:BTC/USD", Verdict.STALE)))
NO_LIQUIDATIONS = replace(FRESH, liquidations_paused_until_ms=NOW + 1)
NO_MINTING = replace(FRESH, minting_paused_until_ms=NOW + 1)
NEITHER = replace(NO_LIQUIDATIONS, minting_paused_until_ms=NOW + 1)
STALE = replace(FRESH, last=Band(e8("50000"), 0, NOW - 10_001))
NEVER = replace(FRESH, last=None, confirming=None, twap_e8=None, refusal=Refusal.INSUFFICIENT_SOURCES)
AHEAD = Band(e8("50000"), 0, NOW + 10_001)
HALTED = replace(FRESH, halt=Halt("JUMP", NOW - 5))
M, L, D = Use.MINT, Use.LIQUIDATE, Use.DISPLAY
CLOCKS_DIFFER = (State.STALE, "CLOCKS_DIFFER", {D})

TABLE = [
    ("fresh", FRESH, State.FRESH, "", {M, L, D}),
    ("a source is missing", MISSING, State.DEGRADED, "SOURCES_MISSING", {M, L, D}),
    ("liquidations paused", NO_LIQUIDATIONS, State.DEGRADED, "LIQUIDATIONS_PAUSED", {M, D}),
    ("minting paused", NO_MINTING, State.DEGRADED, "MINTING_PAUSED", {L, D}),
    ("both paused", NEITHER, State.DEGRADED, "LIQUIDATIONS_PAUSED", {D}),
    *((str(why), replace(MISSING, refusal=why), State.DEGRADED, str(why), {D}) for why in Refusal),
    ("paused and refused", replace(NEITHER, refusal=Refusal.DISPERSED), State.DEGRADED, "DISPERSED", {D}),
    *((f"stale: {why}", replace(STALE, refusal=why), State.STALE, str(why), {D}) for why in Refusal),
    ("stale without rounds", replace(STALE, round_ms=NOW - 10_001), State.STALE, "NO_ROUNDS", {D}),
    ("stale after a halt", STALE, State.STALE, "", {D}),
    ("ahead of the clock", replace(FRESH, last=AHEAD, round_ms=NOW + 10_001), *CLOCKS_DIFFER),
    ("never a price", NEVER, State.STALE, "INSUFFICIENT_SOURCES", {D}),
    ("never a round", NO_ROUND, State.STALE, "NO_ROUNDS", {D}),
    ("halted", HALTED, State.HALTED, "JUMP", {D}),
    ("halted by a person", replace(HALTED, halt=Halt("FRESH", NOW)), State.HALTED, "FRESH", {D}),
    ("halted and stale", replace(STALE, halt=Halt("JUMP", NOW)), State.HALTED, "JUMP", {D}),
    ("halted and never", replace(NEVER, halt=Halt("", NOW)), State.HALTED, "", {D}),
]


@pytest.mark.parametrize(
    ("view", "state", "reason", "uses"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_each_state_allows_what_the_table_says(
    view: PriceView, state: State, reason: str, uses: set[Use]
) -> None:
    assert state_of(view, NOW)[:2] == (state, reason)
    assert allowed(view, NOW) == uses
    assert can_mint(view) is (M in uses)
    assert can_liquidate(view) is (L in uses)
    assert display_price(view, NOW).state is state


def can_mint(view: PriceView) -> bool:
    try:
        mint_price(view, NOW)
    except NoPrice:
        return False
    return True


def can_liquidate(view: PriceView) -> bool:
    try:
        liquidation_price(view, NOW)
    except NoPrice:
        return False
    return True


def test_the_table_has_a_row_for_every_state_and_reason() -> None:
    rows = {(State.FRESH, ""), (State.STALE, ""), (State.HALTED, "")}
    rows |= {(State.DEGRADED, reason.value) for reason in (*Refusal, *Degraded)}
    rows |= {(State.STALE, reason.value) for reason in (*Refusal, *Stale)}
    assert set(WHO_MAY) == rows
    assert all(Use.DISPLAY in uses for uses in WHO_MAY.values())


@pytest.mark.parametrize(
    ("view", "use", "error", "details"),
    [
        (NEVER, "both", NoPrice, {}),
        (STALE, "both", OracleStale, {"age_ms": 10_001, "reason": ""}),
        (
            replace(STALE, refusal=Refusal.DISPERSED),
            "both",
            OracleStale,
            {"age_ms": 10_001, "reason": "DISPERSED"},
        ),
        (HALTED, "both", OracleHalted, {"reason": "JUMP", "since_ms": NOW - 5}),
        (
            replace(FRESH, refusal=Refusal.JUMP_UNCONFIRMED),
            "both",
            OracleDegraded,
            {"reason": "JUMP_UNCONFIRMED"},
        ),
        (NEITHER, "mint", OraclePaused, {"reason": "MINTING_PAUSED", "until_ms": NOW + 1}),
        (NEITHER, "liquidate", OraclePaused, {"reason": "LIQUIDATIONS_PAUSED", "until_ms": NOW + 1}),
        (replace(FRESH, confirming=None), "liquidate", OracleUnconfirmed, {}),
    ],
)
def test_a_refusal_says_what_keeps_the_price_back(
    view: PriceView, use: str, error: type[NoPrice], details: dict[str, object]
) -> None:
    for name, ask in (("mint", mint_price), ("liquidate", liquidation_price)):
        if use in (name, "both"):
            with pytest.raises(NoPrice) as caught:
                ask(view, NOW)
            assert type(caught.value) is error
            assert caught.value.details == details
            assert caught.value.status == 503


def test_minting_takes_the_lower_of_price_less_confidence_and_average() -> None:
    assert mint_price(FRESH, NOW).price_e8 == e8("49900")
    assert mint_price(replace(FRESH, twap_e8=e8("49000")), NOW).price_e8 == e8("49000")


def test_a_liquidation_takes_the_better_of_two_rounds_for_its_owner() -> None:
    band = liquidation_price(FRESH, NOW)
    assert (band.lower_e8, band.upper_e8) == (e8("49900"), e8("50250"))


def test_the_display_shows_the_last_price_with_its_age_in_every_state() -> None:
    shown = display_price(replace(HALTED, simulated=True), NOW + 60_000)
    assert (shown.price_e8, shown.confidence_e8, shown.age_ms) == (e8("50000"), e8("100"), 60_000)
    assert shown.simulated
    never = display_price(NEVER, NOW)
    assert (never.price_e8, never.age_ms, never.state) == (None, None, State.STALE)


def test_a_price_is_stale_one_millisecond_after_its_age() -> None:
    assert state_of(FRESH, NOW + 10_000)[0] is State.FRESH
    assert state_of(FRESH, NOW + 10_001) == (State.STALE, "NO_ROUNDS", 10_001)
    assert state_of(FRESH, NOW - 10_000) == (State.FRESH, "", 0)
    assert state_of(FRESH, NOW - 10_001) == (State.STALE, "CLOCKS_DIFFER", 0)


def test_a_refusal_is_why_a_price_is_stale_for_as_long_as_a_price_may_be_old() -> None:
    view = replace(STALE, refusal=Refusal.DISPERSED)
    assert state_of(view, NOW + 10_000)[:2] == (State.STALE, "DISPERSED")
    assert state_of(view, NOW + 10_001)[:2] == (State.STALE, "NO_ROUNDS")


def test_a_pause_is_over_at_its_end() -> None:
    assert pauses_of(NEITHER, NOW) == {
        Degraded.LIQUIDATIONS_PAUSED: NOW + 1,
        Degraded.MINTING_PAUSED: NOW + 1,
    }
    assert pauses_of(NEITHER, NOW + 1) == {}


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_source_is_missing_unless_it_was_kept_shown_or_switched_off(verdict: Verdict) -> None:
    is_fine = verdict in (Verdict.KEPT, Verdict.SHOWN, Verdict.DISABLED)
    view = replace(FRESH, verdicts=(SourceVerdict("a:BTC/USD", verdict),))
    assert missing_sources(view) == ([] if is_fine else ["a:BTC/USD"])
    weightless = replace(FRESH, verdicts=(SourceVerdict("house:BTC-USDB", verdict, weight=0),))
    assert missing_sources(weightless) == []
