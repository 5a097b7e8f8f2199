"""The heap of times: the earliest first, what nobody wants falls away, and it never grows for ever."""

from hypothesis import given
from hypothesis import strategies as st

from exchange.engine.timers import FEWEST_TO_PRUNE, Timers


class Wishes:
    """What is still wanted: a due time for each key, as the engine's switches have it."""

    def __init__(self) -> None:
        self.due: dict[int, int] = {}
        self.asked = 0
        self.timers = Timers(self._stands)

    def _stands(self, due_ns: int, key: int) -> bool:
        self.asked += 1
        return self.due.get(key) == due_ns

    def add(self, due_ns: int, key: int) -> None:
        self.timers.add(due_ns, key)
        self.due[key] = due_ns

    def drain(self, now_ns: int) -> list[int]:
        found = []
        while (key := self.timers.pop_due(now_ns)) is not None:
            found.append(key)
            del self.due[key]
        return found


def test_nothing_is_due_where_nothing_was_asked_for() -> None:
    wishes = Wishes()
    assert wishes.timers.next_ns() == 0
    assert wishes.timers.pop_due(2**63) is None


def test_it_is_due_at_its_nanosecond_and_not_one_before() -> None:
    wishes = Wishes()
    wishes.add(100, 1)
    assert wishes.drain(99) == []
    assert wishes.timers.next_ns() == 100
    assert wishes.drain(100) == [1]
    assert wishes.timers.next_ns() == 0


def test_of_the_same_time_the_smaller_key_comes_first() -> None:
    wishes = Wishes()
    for key in (3, 1, 2):
        wishes.add(50, key)
    wishes.add(49, 9)
    assert wishes.drain(50) == [9, 1, 2, 3]


def test_what_was_put_off_is_not_due_at_its_first_time() -> None:
    wishes = Wishes()
    wishes.add(10, 1)
    wishes.add(30, 1)
    assert wishes.timers.next_ns() == 30
    assert wishes.drain(29) == []
    assert wishes.drain(30) == [1]


def test_what_was_brought_forward_comes_once() -> None:
    wishes = Wishes()
    wishes.add(30, 1)
    wishes.add(10, 1)
    assert wishes.drain(100) == [1]
    assert wishes.timers.next_ns() == 0


def test_what_is_no_longer_wanted_hides_nothing_behind_it() -> None:
    wishes = Wishes()
    for key in range(1, 6):
        wishes.add(key * 10, key)
    for key in (1, 2, 4):
        del wishes.due[key]
    assert wishes.timers.next_ns() == 30
    assert wishes.drain(100) == [3, 5]


def test_a_switch_set_anew_a_million_times_leaves_no_million_entries() -> None:
    """A robot arms its switch with each batch; only the last time stands."""
    wishes = Wishes()
    for due_ns in range(1, 20 * FEWEST_TO_PRUNE):
        wishes.add(due_ns, 7)
    kept_before = wishes.asked
    assert wishes.drain(2**62) == [7]
    assert wishes.asked - kept_before <= FEWEST_TO_PRUNE + 1


def test_pruning_keeps_what_stands() -> None:
    wishes = Wishes()
    for key in range(1, 3 * FEWEST_TO_PRUNE):
        wishes.add(key, key)
        if key % 3:
            del wishes.due[key]
    expected = sorted(wishes.due)
    assert wishes.drain(2**62) == expected


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 8), st.booleans()), max_size=60))
def test_in_any_flow_it_gives_what_a_plain_list_would(steps: list[tuple[int, int, bool]]) -> None:
    wishes = Wishes()
    for number, key, is_drained in steps:
        if is_drained:
            expected = sorted((due, one) for one, due in wishes.due.items() if due <= number)
            assert wishes.drain(number) == [one for _, one in expected]
        else:
            wishes.add(number, key)
        assert wishes.timers.next_ns() == min(wishes.due.values(), default=0)
