"""Statements and questions that go to the database in one message, for ways that are walked often: to wait
for it costs more than most statements do. It begins no transaction; who needs one holds it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection

T = TypeVar("T")
Row = tuple[Any, ...]
Params = Sequence[Any]  # whatever psycopg knows how to write


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """One statement and what its rows mean. A percent sign of its own is written twice."""

    query: str
    params: Params
    read: Callable[[list[Row]], T]


class Answer(Generic[T]):
    """What was asked, once it is answered."""

    __slots__ = ("_value",)

    def give(self, value: T) -> None:
        self._value = value

    @property
    def value(self) -> T:
        return self._value


class Together:
    """Carried out in the order in which they were added, each seeing what those before it have done and what
    was committed while those waited. If one fails, the caller's transaction is spoiled."""

    def __init__(self) -> None:
        self._queries: list[str] = []
        self._params: list[Any] = []
        self._answers: dict[int, Callable[[list[Row]], None]] = {}

    def execute(self, query: str, params: Params = ()) -> None:
        """Add a statement whose rows nobody reads."""
        self._queries.append(query)
        self._params += params

    def ask(self, question: Question[T]) -> Answer[T]:
        """Add a question, whose answer is there after `send`."""
        answer: Answer[T] = Answer()
        self._answers[len(self._queries)] = lambda rows: answer.give(question.read(rows))
        self.execute(question.query, question.params)
        return answer

    def send(self) -> None:
        """Send what was added, and wait for all of it. Once."""
        with connection.cursor() as cursor:
            cursor.execute(";".join(self._queries), self._params)
            for number in range(len(self._queries)):
                if number:
                    cursor.nextset()
                if number in self._answers:
                    self._answers[number](cursor.fetchall())


def ask(question: Question[T]) -> T:
    """The answer to one alone."""
    with connection.cursor() as cursor:
        cursor.execute(question.query, question.params)
        return question.read(cursor.fetchall())
