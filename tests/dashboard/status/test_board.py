"""The house's state in words: a verdict, what works, and every part with its sign, message and age."""

import pytest

from dashboard.status.board import Board, Row, board_of
from dashboard.status.words import span
from tests.dashboard.status.content import NOW_MS, content, process, subsystem


def rows(board: Board, title: str) -> list[Row]:
    return [row for group in board.groups if group.title == title for row in group.rows]


@pytest.mark.parametrize(
    ("status", "level", "title"),
    [
        ("ok", "ok", "Everything works"),
        ("degraded", "warn", "The house works, with restrictions"),
        ("down", "bad", "The house is down"),
    ],
)
def test_the_verdict_has_words_and_a_sign(status: str, level: str, title: str) -> None:
    board = board_of(content(status))
    assert (board.level, board.title) == (level, title)
    assert board.sign in "✓!✕"


def test_what_is_away_is_said_first() -> None:
    board = board_of(content("down", away=("trading", "deposits")))
    assert board.lead.startswith("Not available now: trading and bitcoin deposits.")
    assert [one.name for one in board.capabilities if not one.works] == ["Trading", "Bitcoin deposits"]


def test_every_part_says_for_how_long_it_has_been_so() -> None:
    board = board_of(content(database=subsystem("fail", "no answer for 700 ms", 125_000)))
    (row,) = rows(board, "Servers")
    assert (row.name, row.level, row.sign, row.message, row.since) == (
        "PostgreSQL",
        "bad",
        "✕",
        "no answer for 700 ms",
        "2 min",
    )


def test_an_engine_that_cannot_be_read_has_no_figures() -> None:
    led = subsystem(has_leader=1, sequence=12_345, lag_ms=3, queue_length=0, epoch=4)
    board = board_of(content(engine__0=led))
    ((_, leader), (_, sequence), (_, lag), *_) = board.engines[0].figures
    assert (leader, sequence, lag) == ("leads", "12,345", "3 ms")
    away = board_of(content(engine=subsystem("fail", "cannot be asked: OperationalError")))
    assert away.engines[0].figures == []


@pytest.mark.parametrize(
    ("ppm", "text"), [(None, "–"), (0, "0.00 %"), (99, "0.00 %"), (-1_250, "−0.12 %"), (25_000, "+2.50 %")]
)
def test_a_source_says_its_age_and_how_far_it_is_from_the_median(ppm: int | None, text: str) -> None:
    figures = {"age_ms": 61_000} | ({} if ppm is None else {"deviation_ppm": ppm})
    named = {"oracle_source kraken:BTC/USD": {**subsystem(), "figures": figures}}
    (source,) = board_of(content() | {"subsystems": named}).sources
    assert (source.row.name, source.age, source.deviation) == ("kraken:BTC/USD", "1 min", text)


def test_the_invariants_are_one_sentence_and_stand_there_alone_where_they_are_violated() -> None:
    good = content(
        invariants__recent=subsystem(checks=2, age_ms=12_000),
        invariants__sums=subsystem(violations=0),
        invariants__books=subsystem("fail", "violated 3 times", violations=3),
    )
    board = board_of(good)
    assert board.books == "2 invariants, last checked 12 s ago, 3 violations."
    assert [row.name for row in rows(board, "Books")] == ["Invariants, what is new", "Books"]


def test_incidents_say_when_they_began_and_how_long_they_lasted() -> None:
    told = {"subsystem": "engine 0", "status": "fail", "message": "nobody leads", "began_ms": NOW_MS - 90_000}
    board = board_of(content(incidents=({**told, "ended_ms": None}, {**told, "ended_ms": NOW_MS - 60_000})))
    assert [(one.lasted, one.is_over) for one in board.incidents] == [
        ("for 1 min", False),
        ("lasted 30 s", True),
    ]
    assert board.incidents[0].began == "2026-11-21 11:58:30 UTC"


def test_a_line_that_is_complete_is_not_told_of_those_that_are_gone() -> None:
    seen = (process("worker"), process("worker", "missing", last_beat_ms=60_000))
    assert [
        row.state for row in board_of(content(processes=seen, processes__worker=subsystem())).processes
    ] == ["runs"]
    short = board_of(
        content(processes=seen[1:], processes__worker=subsystem("fail", "0 alive of 1 expected"))
    )
    assert [row.state for row in short.processes] == ["missing: no heartbeat"]


def test_a_line_of_which_nobody_was_ever_heard_is_named() -> None:
    board = board_of(content(processes__bots=subsystem("fail", "0 alive of 1 expected")))
    (row,) = board.processes
    assert (row.line, row.level, row.state) == ("bots", "bad", "0 alive of 1 expected")


def test_figures_that_are_missing_take_nothing_else_away() -> None:
    (row,) = rows(board_of(content(reserves=subsystem(age_s=5))), "Books")
    assert (row.name, row.facts) == ("Reserves snapshot", [])


def test_errors_are_told_by_their_kind_and_age() -> None:
    failed = process("engine", last_error="psycopg.OperationalError", last_error_ms=8_000)
    (row,) = board_of(content(processes=(failed,), processes__engine=subsystem())).processes
    assert row.error == "psycopg.OperationalError, 8 s ago"


def test_who_never_beats_is_known_by_its_supervisor_and_who_is_held_back_says_why() -> None:
    held = subsystem("fail", "ended with exit code 1; restarted too often", restarts=6)
    board = board_of(
        content(
            processes=(process("engine"),),
            processes__engine=subsystem(),
            supervised__engine=subsystem(restarts=0),
            supervised__engine2=held,
            supervised__signer=subsystem(restarts=2),
        )
    )
    assert [(row.line, row.state, row.restarts) for row in board.processes] == [
        ("engine", "runs", "0"),
        ("engine", "ended with exit code 1; restarted too often", "6"),
        ("signer", "runs", "2"),
    ]


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (-5, "0 s"),
        (999, "0 s"),
        (59_999, "59 s"),
        (60_000, "1 min"),
        (7_200_000, "2 h"),
        (172_800_000, "2 d"),
    ],
)
def test_times_are_whole_units(ms: int, text: str) -> None:
    assert span(ms) == text
