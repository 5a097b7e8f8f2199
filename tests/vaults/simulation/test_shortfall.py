"""What a sale leaves unpaid, and how it is counted."""

from tests.vaults.rules.amounts import e8
from vaults.rules.figures import Figures
from vaults.rules.statuses import VaultEvent
from vaults.simulation.seen import Crash, Owing, Turn, shortfall

MINUTE = 60_000
DUE = e8("3390")  # 3,000 and 13 %


def owing(sats: int, *, minute: int = 0) -> Owing:
    return Owing(minute * MINUTE, sats, e8(3_000))


def test_what_is_worth_debt_and_penalty_leaves_nothing_unpaid() -> None:
    found = shortfall([owing(10_000_000)], e8(33_900), 130_000)
    assert (found.due_atoms, found.short_atoms, found.bad_atoms) == (DUE, 0, 0)
    assert (found.vaults, found.short_vaults, found.cover_ppm(0)) == (1, 0, 1_000_000)


def test_below_that_the_penalty_is_short_and_below_the_debt_the_debt_is_bad() -> None:
    found = shortfall([owing(10_000_000), owing(9_000_000), owing(20_000_000)], e8(32_000), 130_000)
    assert found.short_atoms == (DUE - e8(3_200)) + (DUE - e8(2_880))
    assert (found.short_vaults, found.bad_vaults, found.bad_atoms) == (2, 1, e8(120))
    assert found.cover_ppm(0) == e8(2_880) * 1_000_000 // DUE


def test_of_nobody_there_is_nothing() -> None:
    found = shortfall([], e8(32_000), 130_000)
    assert (found.vaults, found.short_vaults, found.cover_ppm(50)) == (0, 0, None)


def test_each_vault_is_sold_by_its_own_clock() -> None:
    crash = Crash(2, Figures())
    crash.turns = [Turn(minute * MINUTE, e8(45_000 - 5_000 * minute)) for minute in range(4)]
    crash.ever = {"a": owing(10_000_000), "b": owing(10_000_000, minute=2)}
    assert crash.sold_after(1).covers_ppm == tuple(value * 1_000_000 // 3_390 for value in (3_000, 4_000))
    assert crash.sold_after(2).vaults == 1
    assert crash.sold_after(4).vaults == 0


def test_a_minute_counts_its_own_turns() -> None:
    crash = Crash(2, Figures())
    crash.turns = [Turn(0, 1, "", {VaultEvent.WARN: 2}), Turn(30_000, 1, "", {VaultEvent.WARN: 1})]
    crash.end_minute()
    crash.turns += [Turn(60_000, 1, "ORACLE_HALTED"), Turn(61_000, 1, "", {VaultEvent.LIQUIDATE: 4})]
    crash.end_minute()
    assert [one.entered for one in crash.minutes] == [{VaultEvent.WARN: 3}, {VaultEvent.LIQUIDATE: 4}]
