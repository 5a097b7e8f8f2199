"""The search for the command that makes a batch fail: it ends, finds it, and blames nobody else."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from exchange.isolation import MAX_POISON, Failure, Isolation


def _run(commands: list[UUID], bad: set[UUID], known: set[UUID]) -> tuple[list[UUID], Isolation, int]:
    """As the worker does: batches of the queue, one by one while searching, the journal asked in distrust."""
    isolation, done, failures = Isolation(), [], 0
    waiting = list(commands)
    while waiting:
        batch = waiting[: 1 if isolation.searching else 5]
        work = [one for one in batch if not (isolation.distrust and one in known)]
        active = [one for one in work if one not in isolation.poison]
        if any(one in known for one in active):
            isolation.failed(work, Failure.REPEATED)
        elif any(one in bad for one in active):
            isolation.failed(work, Failure.REFUSED)
        else:
            done += work
            waiting = waiting[len(batch) :]
            isolation.committed(len(work))
            isolation.trusts_again()
            continue
        failures += 1
        assert failures < 100, "it fails for ever"
    return done, isolation, failures


@given(st.integers(1, 20), st.sets(st.integers(0, 19)), st.sets(st.integers(0, 19)))
def test_all_but_the_bad_ones_go_through_once(length: int, bad: set[int], known: set[int]) -> None:
    commands = [uuid4() for _ in range(length)]
    poison = {commands[at] for at in bad - known if at < length}
    before = {commands[at] for at in known if at < length}
    done, isolation, _ = _run(commands, poison, before)
    assert done == [command for command in commands if command not in before]
    assert isolation.poison == poison


def test_a_batch_that_never_fails_is_never_taken_apart() -> None:
    _, isolation, failures = _run([uuid4() for _ in range(50)], set(), set())
    assert (failures, isolation.searching, isolation.distrust) == (0, False, False)


def test_it_remembers_a_bounded_number_of_them() -> None:
    isolation, first = Isolation(), uuid4()
    isolation.failed([first], Failure.REFUSED)
    for _ in range(MAX_POISON):
        isolation.failed([uuid4()], Failure.REFUSED)
    assert len(isolation.poison) == MAX_POISON
    assert first not in isolation.poison
