"""Which coins a spend takes, and what becomes of the rest."""

from collections.abc import Sequence
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from custody.rules.coins import Aim, Candidate, choose
from custody.rules.fees import fee_of

DUST = 294
BASE, INPUT, CHANGE = 42, 68, 31


def size(inputs: int, with_change: bool) -> int:
    return BASE + INPUT * inputs + CHANGE * with_change


def aim_at(target: int, rate: int = 2_000, spare: int = 500, most: int = 100) -> Aim:
    return Aim(target, lambda inputs, with_change: fee_of(rate, size(inputs, with_change)), DUST, spare, most)


def coins(*values: int) -> list[Candidate]:
    return [Candidate(number, value) for number, value in enumerate(values, start=1)]


def test_it_leaves_no_change_where_coins_fit() -> None:
    fee = fee_of(2_000, size(2, False))
    choice = choose(coins(900_000, 60_000, 40_000 + fee), aim_at(100_000))
    assert choice is not None
    assert set(choice.coin_ids) == {2, 3}
    assert (choice.fee_sats, choice.change_sats) == (fee, 0)


def test_it_takes_the_smallest_single_coin_that_suffices() -> None:
    choice = choose(coins(5_000_000, 300_000, 200_000), aim_at(100_000))
    assert choice is not None
    assert choice.coin_ids == (3,)
    assert choice.change_sats == 200_000 - 100_000 - choice.fee_sats


def test_it_takes_several_where_none_suffices_alone() -> None:
    choice = choose(coins(50_000, 40_000, 30_000, 20_000), aim_at(100_000))
    assert choice is not None
    assert choice.coin_ids == (1, 2, 4)


def test_it_makes_no_dust_of_change_but_pays_it() -> None:
    fee_with_change = fee_of(2_000, size(1, True))
    choice = choose(coins(100_000 + fee_with_change + DUST - 1), aim_at(100_000, spare=0))
    assert choice is not None
    assert choice.change_sats == 0
    assert choice.fee_sats == fee_with_change + DUST - 1


def test_it_refuses_what_the_coins_do_not_reach() -> None:
    fee = fee_of(2_000, size(1, False))
    assert choose(coins(100_000 + fee - 1), aim_at(100_000)) is None
    assert choose(coins(), aim_at(1)) is None


def test_it_refuses_more_coins_than_a_transaction_takes() -> None:
    assert choose(coins(*[10_000] * 50), aim_at(100_000, most=5)) is None


def test_coins_that_must_be_spent_stay_alone_where_they_suffice() -> None:
    must = [Candidate(77, 200_000)]
    choice = choose(coins(100_000), aim_at(100_000), must)
    assert choice is not None
    assert choice.coin_ids == (77,)


def test_coins_that_must_be_spent_get_company_where_they_do_not() -> None:
    must = [Candidate(77, 50_000)]
    choice = choose(coins(100_000, 300_000), aim_at(100_000), must)
    assert choice is not None
    assert choice.coin_ids == (77, 1)


def test_many_equal_coins_do_not_take_for_ever() -> None:
    assert choose(coins(*[10_001] * 400), aim_at(555_555)) is not None


values = st.lists(st.integers(1, 2_000_000), max_size=8)


@given(values, st.integers(1, 4_000_000), st.sampled_from([1_000, 7_531, 100_000]), st.integers(1, 8))
def test_what_is_chosen_adds_up(values: list[int], target: int, rate: int, most: int) -> None:
    aim = aim_at(target, rate, most=most)
    candidates = coins(*values)
    choice = choose(candidates, aim)
    if choice is None:
        assert not any(_suffices(some, aim) for some in _subsets(candidates, most))
        return
    value_of = {one.coin_id: one.value_sats for one in candidates}
    assert len(set(choice.coin_ids)) == len(choice.coin_ids) <= most
    assert sum(value_of[one] for one in choice.coin_ids) == target + choice.fee_sats + choice.change_sats
    assert choice.change_sats == 0 or choice.change_sats >= DUST
    assert choice.fee_sats >= aim.fee(len(choice.coin_ids), choice.change_sats > 0)
    assert choice.fee_sats < aim.fee(len(choice.coin_ids), True) + max(DUST, aim.spare_sats)
    assert choice == choose(list(reversed(candidates)), aim)


def _subsets(candidates: Sequence[Candidate], most: int) -> list[tuple[Candidate, ...]]:
    return [some for count in range(1, most + 1) for some in combinations(candidates, count)]


def _suffices(some: Sequence[Candidate], aim: Aim) -> bool:
    return sum(one.value_sats for one in some) >= aim.target_sats + aim.fee(len(some), False)
