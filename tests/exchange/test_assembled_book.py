"""A book made of messages says when one is missing; a ring of updates spares who was away a load."""

import pytest

from exchange.feeds.book import RING_BYTES, RING_FRAMES, AssembledBook, Fit, Ring
from exchange.live_wire import Levels, MarketMessage


def book(sequence: int = 10) -> AssembledBook:
    """Unordered, as a load may give it: bids 99 and 98, asks 101 and 102."""
    return AssembledBook(sequence, 1_000, [(98, 5), (99, 7)], [(102, 4), (101, 3)])


def changes(first: int, last: int, bids: Levels | None = None, asks: Levels | None = None) -> MarketMessage:
    return MarketMessage(first, last, last * 100, bids or [], asks or [], [])


def state(one: AssembledBook) -> tuple[int, int, Levels, Levels]:
    return one.sequence, one.timestamp_ns, one.bids, one.asks


@pytest.mark.parametrize(
    ("first", "last", "fit"),
    [
        (11, 11, Fit.NEXT),
        (11, 30, Fit.NEXT),
        (8, 11, Fit.NEXT),  # a part is known: levels are absolute, so what is known does no harm
        (1, 11, Fit.NEXT),
        (10, 10, Fit.OLD),
        (3, 10, Fit.OLD),
        (3, 9, Fit.OLD),
        (11, 10, Fit.OLD),  # nothing but a sign of life
        (12, 12, Fit.GAP),
        (12, 400, Fit.GAP),
        (12, 11, Fit.GAP),  # a sign of life of an engine that is one command further
    ],
)
def test_a_message_is_next_old_or_behind_a_gap(first: int, last: int, fit: Fit) -> None:
    assert book(10).apply(changes(first, last)) is fit


@pytest.mark.parametrize(("first", "last"), [(12, 12), (5, 10), (12, 11)])
def test_what_does_not_fit_changes_nothing(first: int, last: int) -> None:
    one = book(10)
    one.apply(changes(first, last, [(99, 1)], [(101, 0)]))
    assert state(one) == state(book(10))


def test_both_sides_are_given_best_first() -> None:
    assert book().bids == [(99, 7), (98, 5)]
    assert book().asks == [(101, 3), (102, 4)]


def test_levels_are_set_added_and_taken_away() -> None:
    one = book(10)
    assert one.apply(changes(11, 12, [(99, 0), (98, 6), (97, 1)], [(100, 2), (102, 0)])) is Fit.NEXT
    assert state(one) == (12, 1_200, [(98, 6), (97, 1)], [(100, 2), (101, 3)])


def test_taking_away_what_is_not_there_is_no_fault() -> None:
    one = book(10)
    assert one.apply(changes(11, 11, [(50, 0)], [(150, 0)])) is Fit.NEXT
    assert (one.bids, one.asks) == (book().bids, book().asks)


def test_a_message_twice_counts_once() -> None:
    one, message = book(10), changes(11, 11, [(99, 1)])
    assert [one.apply(message), one.apply(message)] == [Fit.NEXT, Fit.OLD]
    assert one.bids == [(99, 1), (98, 5)]


def test_a_message_that_reaches_back_leaves_the_book_of_its_end() -> None:
    """11 took the bids of 99; 11..12 together say that 2 lots are there after 12."""
    one = book(10)
    one.apply(changes(11, 11, [(99, 0)]))
    assert one.apply(changes(11, 12, [(99, 2)])) is Fit.NEXT
    assert one.bids == [(99, 2), (98, 5)]


def test_a_book_may_begin_empty_and_become_empty_again() -> None:
    one = AssembledBook(0, 0, [], [])
    one.apply(changes(1, 1, [(99, 1)], [(101, 1)]))
    one.apply(changes(2, 2, [(99, 0)], [(101, 0)]))
    assert (one.sequence, one.bids, one.asks) == (2, [], [])


def ring(*updates: tuple[int, int]) -> Ring:
    """Each frame is named by the commands that it tells of."""
    one = Ring()
    for first, last in updates:
        one.add(first, last, f"{first}-{last}".encode())
    return one


@pytest.mark.parametrize(
    ("since", "missed"),
    [
        (16, []),  # has everything
        (15, [b"16-16"]),
        (14, [b"14-15", b"16-16"]),  # in the middle of one: the whole of it comes again
        (13, [b"14-15", b"16-16"]),
        (10, [b"11-13", b"14-15", b"16-16"]),
        (11, [b"11-13", b"14-15", b"16-16"]),
        (9, None),  # 10 is not here any more
        (0, None),
        (17, None),  # of a time that this process has not seen
    ],
)
def test_who_comes_back_gets_what_was_missed_or_has_to_load(since: int, missed: list[bytes] | None) -> None:
    found = ring((11, 13), (14, 15), (16, 16)).after(since, 16)
    assert (None if found is None else list(found)) == missed


def test_an_empty_ring_serves_only_who_has_missed_nothing() -> None:
    assert list(ring().after(5, 5) or ()) == []
    assert ring().after(5, 5) is not None
    assert ring().after(4, 5) is None


def test_a_cleared_ring_has_forgotten_everything() -> None:
    one = ring((11, 11), (12, 12))
    one.clear()
    assert one.after(11, 12) is None
    one.add(13, 13, b"new")
    assert list(one.after(12, 13) or ()) == [b"new"]


def test_the_ring_keeps_the_latest_frames_only() -> None:
    last = RING_FRAMES + 3
    one = ring(*((number, number) for number in range(1, last + 1)))
    assert one.after(2, last) is None
    kept = one.after(3, last)
    assert kept is not None
    assert len(list(kept)) == RING_FRAMES


def test_the_ring_is_bounded_in_bytes_too() -> None:
    one, third = Ring(), bytes(RING_BYTES // 3)
    for number in range(1, 6):
        one.add(number, number, third)
    assert one.after(1, 5) is None
    assert len(list(one.after(2, 5) or ())) == 3


def test_a_frame_too_big_for_the_ring_empties_it() -> None:
    one = ring((1, 1))
    one.add(2, 2, bytes(RING_BYTES + 1))
    assert one.after(1, 2) is None
    one.add(3, 3, b"small")
    assert list(one.after(2, 3) or ()) == [b"small"]


def test_what_the_ring_gives_brings_an_older_book_up_to_date() -> None:
    """A client who has missed three of five updates ends with the book of who has heard all."""
    messages = [changes(n, n, [(99 - n % 2, n)], [(101 + n % 3, n % 2)]) for n in range(11, 16)]
    steady, absent, kept = book(10), book(10), Ring()
    for number, message in enumerate(messages):
        steady.apply(message)
        kept.add(message.first_sequence, message.last_sequence, bytes([number]))
    for message in messages[:2]:
        absent.apply(message)
    for frame in kept.after(absent.sequence, steady.sequence) or ():
        assert absent.apply(messages[frame[0]]) is Fit.NEXT
    assert state(absent) == state(steady)
