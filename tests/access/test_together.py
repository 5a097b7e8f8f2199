"""Statements in one message: carried out in their order, answered each for itself, all or nothing."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from access.together import Question, Row, Together, ask

pytestmark = pytest.mark.django_db

_ADD = """
INSERT INTO auth_user (username, first_name, last_name, email, password, is_superuser, is_staff, is_active,
    date_joined) VALUES (%s, '', '', '', '', false, false, true, now())"""


def how_many(name: str) -> Question[int]:
    return Question(
        "SELECT count(*) FROM auth_user WHERE username = %s", [name], lambda rows: int(rows[0][0])
    )


def names(rows: list[Row]) -> list[str]:
    return [row[0] for row in rows]


def test_each_statement_sees_what_those_before_it_have_done() -> None:
    together = Together()
    before = together.ask(how_many("alice"))
    together.execute(_ADD, ["alice"])
    after = together.ask(how_many("alice"))
    together.send()
    assert (before.value, after.value) == (0, 1)


def test_they_go_there_in_one_message() -> None:
    together = Together()
    together.execute(_ADD, ["alice"])
    together.ask(how_many("alice"))
    with CaptureQueriesContext(connection) as captured:
        together.send()
    assert len(captured) == 1


def test_a_question_may_have_no_rows_or_many() -> None:
    every = Question("SELECT username FROM auth_user ORDER BY username", (), names)
    assert ask(every) == []
    together = Together()
    for name in ("bob", "alice", "carol"):
        together.execute(_ADD, [name])
    found = together.ask(every)
    nobody = together.ask(Question("SELECT username FROM auth_user WHERE username LIKE 'z%%'", (), names))
    together.send()
    assert (found.value, nobody.value) == (["alice", "bob", "carol"], [])


def test_a_statement_that_fails_undoes_those_before_it() -> None:
    together = Together()
    together.execute(_ADD, ["alice"])
    together.execute(_ADD, ["alice"])
    with pytest.raises(IntegrityError), transaction.atomic():
        together.send()
    assert not User.objects.exists()


def test_what_is_asked_may_hold_anything() -> None:
    said = "100% of 'it'; DROP TABLE auth_user; \\ \" %s"
    question = Question("SELECT %s::text, '%%'", [said], lambda rows: rows[0])
    assert ask(question) == (said, "%")
    together = Together()
    answers = [together.ask(question) for _ in range(2)]
    together.send()
    assert [one.value for one in answers] == [(said, "%")] * 2
