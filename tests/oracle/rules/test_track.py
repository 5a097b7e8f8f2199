"""The oracle's memory from round to round."""

from oracle.rules import Band, PriceTrack, Refusal, Verdict
from oracle.rules.incidents import Begun, Ended, Kind, Prolonged
from tests.oracle.rules.quoting import NOW, e8, quotes_of
from tests.oracle.rules.telling import PERIOD, POLICY, Teller


def test_an_accepted_round_is_the_last_price() -> None:
    teller = Teller()
    decided = teller.tell("100")
    assert decided.accepted == decided.view.last == Band(e8("100"), 0, teller.now_ms)
    assert (decided.view.round_id, decided.view.twap_e8, decided.view.twap_covered_ms) == (1, e8("100"), 0)


def test_a_refused_round_keeps_the_last_price_and_says_why() -> None:
    teller = Teller()
    teller.tell("100")
    decided = teller.tell("101", sources=2)
    assert decided.accepted is None
    assert decided.view.refusal is Refusal.INSUFFICIENT_SOURCES
    assert decided.view.last is not None
    assert decided.view.last.price_e8 == e8("100")
    assert teller.tell("102").view.refusal is None


def test_two_rounds_in_a_row_confirm_each_other() -> None:
    teller = Teller()
    assert teller.tell("100").view.confirming is None
    assert teller.tell("101").view.confirming == Band(e8("100"), 0, teller.now_ms - PERIOD)
    assert teller.tell("102").view.confirming == Band(e8("101"), 0, teller.now_ms - PERIOD)


def test_a_refused_round_between_two_confirms_nothing() -> None:
    teller = Teller()
    teller.tell("100", "100")
    teller.tell("100", sources=2)
    assert teller.tell("100").view.confirming is None
    assert teller.tell("100").view.confirming is not None


def test_a_round_that_follows_too_soon_is_no_second_opinion() -> None:
    teller = Teller()
    teller.tell("100")
    assert teller.tell("101", after_ms=999).view.confirming is None
    confirming = teller.tell("102", after_ms=1).view.confirming
    assert confirming is not None
    assert confirming.price_e8 == e8("100")
    confirming = teller.tell("103", after_ms=999).view.confirming
    assert confirming is not None
    assert confirming.price_e8 == e8("101")


def test_a_price_that_went_stale_confirms_nothing() -> None:
    teller = Teller()
    teller.tell("100")
    assert teller.tell("100", after_ms=POLICY.stale_after_ms).view.confirming is not None
    assert teller.tell("100", after_ms=POLICY.stale_after_ms + 1).view.confirming is None


def test_many_rounds_in_one_millisecond_are_kept_as_one() -> None:
    teller = Teller()
    for _ in range(1_000):
        teller.tell("100", after_ms=0)
    assert len(teller.track._run) == 1


def test_a_clock_that_goes_back_counts_as_the_last_prices_time() -> None:
    track = PriceTrack()
    track.decide(quotes_of("100", "100", "100"), (), POLICY, NOW)
    decided = track.decide(quotes_of("101", "101", "101"), (), POLICY, NOW - 3_000)
    assert decided.view.round_ms == NOW
    assert decided.accepted == Band(e8("101"), 0, NOW)


def test_the_sum_of_price_and_time_grows_with_accepted_rounds() -> None:
    teller = Teller()
    assert teller.tell("100").cumulative == 0
    assert teller.tell("110").cumulative == e8("100") * PERIOD
    assert teller.tell("110", sources=2).cumulative == e8("100") * PERIOD


def test_the_average_goes_on_with_the_last_price_while_rounds_are_refused() -> None:
    teller = Teller()
    teller.tell("100", "104")
    view = teller.tell("104", sources=0).view
    assert (view.twap_e8, view.twap_covered_ms) == (e8("102"), 2 * PERIOD)


def test_a_jump_beyond_twenty_percent_halts_until_a_person_resumes() -> None:
    teller = Teller()
    teller.tell("100", "100")
    decided = teller.tell("79")
    assert decided.accepted is None
    assert decided.begun == (
        Begun(Kind.HALT, teller.now_ms, None, "JUMP", e8("100"), e8("79"), -210_000, needs_two=True),
    )
    assert decided.view.halt is not None
    assert decided.view.halt.needs_two


def test_a_halted_oracle_shows_verdicts_and_accepts_nothing() -> None:
    teller = Teller()
    teller.tell("100", "100", "79")
    decided = teller.tell("100")
    assert decided.begun == ()
    assert (decided.accepted, decided.aggregate.price_e8) == (None, None)
    assert decided.aggregate.candidate_e8 == e8("100")
    assert {one.verdict for one in decided.view.verdicts} == {Verdict.KEPT}
    assert decided.view.last is not None
    assert decided.view.last.price_e8 == e8("100")
    assert decided.view.confirming is None


def test_after_a_resume_the_next_price_is_accepted_however_far_it_is_and_only_that_one() -> None:
    teller = Teller()
    teller.tell("100", "100", "50")
    assert teller.resume() == Ended(Kind.HALT, teller.now_ms)
    assert teller.resume() is None
    assert teller.tell("50", sources=2).accepted is None
    decided = teller.tell("50")
    assert decided.accepted is not None
    assert decided.view.confirming is None
    assert teller.tell("100").view.halt is not None


def test_an_operator_halts_without_a_jump() -> None:
    teller = Teller()
    teller.tell("100")
    begun = teller.halt("the venue is being attacked")
    assert begun == Begun(Kind.HALT, teller.now_ms, None, "the venue is being attacked")
    assert teller.halt("again") is None
    view = teller.tell("100").view
    assert view.halt is not None
    assert not view.halt.needs_two


def test_a_breaker_pauses_until_its_cooldown_is_over() -> None:
    teller = Teller()
    teller.tell("100", "100", "95")
    decided = teller.tell("89")
    until_ms = teller.now_ms + 300_000
    (begun,) = decided.begun
    assert (begun.kind, begun.until_ms, begun.move_ppm) == (Kind.LIQUIDATIONS_PAUSED, until_ms, -110_000)
    assert decided.view.liquidations_paused_until_ms == until_ms
    assert decided.view.minting_paused_until_ms == 0
    assert teller.tell("89", after_ms=60_001).ended == ()
    decided = teller.tell("89", after_ms=until_ms - teller.now_ms)
    assert decided.ended == (Ended(Kind.LIQUIDATIONS_PAUSED, until_ms),)
    assert decided.view.liquidations_paused_until_ms == 0


def test_a_pause_is_prolonged_for_as_long_as_the_move_is_in_the_window() -> None:
    teller = Teller()
    teller.tell("100", "91", "89")
    prolonged = teller.tell("89").prolonged
    assert prolonged == (Prolonged(Kind.LIQUIDATIONS_PAUSED, teller.now_ms + 300_000),)


def test_a_move_after_the_end_of_a_pause_begins_another_one() -> None:
    teller = Teller()
    teller.tell("100", "95")
    (begun,) = teller.tell("89").begun
    assert begun.until_ms is not None
    teller.tell("89", after_ms=begun.until_ms - 1_000 - teller.now_ms)
    decided = teller.tell("79", after_ms=2_000)
    assert decided.ended == (Ended(Kind.LIQUIDATIONS_PAUSED, begun.until_ms),)
    assert [one.began_ms for one in decided.begun if one.kind is begun.kind] == [teller.now_ms]
    assert decided.prolonged == ()


def test_both_breakers_may_pause_at_once() -> None:
    teller = Teller()
    kinds = {one.kind for one in teller.tell("100").begun + teller.tell("90").begun + teller.tell("81").begun}
    kinds |= {one.kind for one in teller.tell("79").begun}
    assert kinds == {Kind.LIQUIDATIONS_PAUSED, Kind.MINTING_PAUSED}


def test_breakers_see_accepted_prices_only() -> None:
    teller = Teller()
    teller.tell("100")
    assert teller.tell("50", sources=2).begun == ()
    assert teller.tell("99").begun == ()


def test_a_pause_that_an_operator_ends_is_not_tripped_by_the_same_move_again() -> None:
    teller = Teller()
    teller.tell("100", "91", "89")
    ended = teller.track.end_pause(Kind.LIQUIDATIONS_PAUSED, teller.now_ms)
    assert ended == Ended(Kind.LIQUIDATIONS_PAUSED, teller.now_ms)
    assert teller.track.end_pause(Kind.LIQUIDATIONS_PAUSED, teller.now_ms) is None
    teller.end_pause(ended)
    assert teller.tell("89").begun == ()


def test_a_pause_ends_while_nothing_is_accepted() -> None:
    teller = Teller()
    teller.tell("100", "91", "89")
    assert teller.tell("89", sources=0, after_ms=300_000).ended != ()
