"""What sources said last waits for whoever decides, and never piles up."""

import threading

from oracle.inbox import Inbox
from oracle.polling import Polled
from oracle.rules.quotes import Absence, Absent
from tests.oracle.sources.scripted import quote


def test_nothing_new_is_nothing() -> None:
    inbox = Inbox()
    assert inbox.take(0.0) is None
    inbox.put(quote("a"))
    assert inbox.take(0.0) is not None
    assert inbox.take(0.0) is None


def test_it_gives_everything_that_is_known_when_one_thing_is_new() -> None:
    inbox = Inbox()
    inbox.put(quote("a"))
    inbox.take(0.0)
    inbox.put(Absence("b", Absent.TIMED_OUT))
    assert inbox.take(0.0) == Polled((quote("a"),), (Absence("b", Absent.TIMED_OUT),))


def test_a_newer_word_of_a_source_replaces_the_one_before() -> None:
    inbox = Inbox()
    for dollars in range(60_000, 60_500):
        inbox.put(quote("a", dollars))
    inbox.put(Absence("b", Absent.TIMED_OUT))
    inbox.put(quote("b", 60_001))
    assert inbox.take(0.0) == Polled((quote("a", 60_499), quote("b", 60_001)), ())


def test_who_waits_is_woken() -> None:
    inbox = Inbox()
    taken: list[Polled | None] = []
    waiting = threading.Thread(target=lambda: taken.append(inbox.take(10.0)))
    waiting.start()
    inbox.put(quote("a"))
    waiting.join(5.0)
    assert taken == [Polled((quote("a"),), ())]


def test_a_whole_round_is_put_at_once() -> None:
    inbox = Inbox()
    polled = Polled((quote("a"),), (Absence("b", Absent.REFUSED),))
    inbox.put_all(polled)
    assert inbox.known() == polled
