"""Who trades here: a name, a user's number and an API key."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    user_id: int
    key: str
    secret: str
