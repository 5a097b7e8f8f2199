"""Whatever changes a password is noted, a login that changes nothing is not, and no note is ever changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import get_hasher, make_password
from django.contrib.auth.models import User
from django.db import DatabaseError, connection

from access.models import SecurityChange
from access.security_changes import SecurityChangeKind, note_security_change, security_held_until
from tests.access.people import new_user

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def carol(db: None) -> User:
    return new_user("carol")


def noted(user: User) -> list[str]:
    return list(SecurityChange.objects.filter(user_id=user.pk).values_list("kind", flat=True))


def by_model(user: User) -> None:
    user.password = "another"
    user.save()


def by_query(user: User) -> None:
    User.objects.filter(pk=user.pk).update(password="another")


def by_sql(user: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE auth_user SET password = 'another' WHERE id = %s", [user.pk])


@pytest.mark.parametrize("way", [by_model, by_query, by_sql])
def test_a_password_changed_by_any_way_is_noted_now(carol: User, way: object) -> None:
    before = datetime.now(UTC)
    assert callable(way)
    way(carol)
    (change,) = SecurityChange.objects.filter(user_id=carol.pk)
    assert change.kind == "PASSWORD"
    assert before - timedelta(seconds=1) < change.at < datetime.now(UTC) + timedelta(seconds=1)


def test_saving_the_same_password_is_no_change(carol: User) -> None:
    carol.email = "carol@example.com"
    carol.save()
    User.objects.filter(pk=carol.pk).update(password=carol.password)
    assert noted(carol) == []


def test_a_new_user_has_changed_nothing(carol: User) -> None:
    assert noted(carol) == []
    assert security_held_until(user_id=carol.pk, hold_seconds=86_400) is None


def test_a_login_does_not_hash_anew(carol: User) -> None:
    """Whatever Django's own cost becomes: ours stays."""
    hasher = get_hasher()
    assert settings.PASSWORD_HASHERS == ["access.passwords.PinnedPasswordHasher"]
    stored = make_password("a password")
    assert not hasher.must_update(stored)
    assert stored.startswith("pbkdf2_sha256$1000000$")
    User.objects.filter(pk=carol.pk).update(password=stored)
    assert authenticate(username=carol.username, password="a password") == carol
    assert noted(carol) == ["PASSWORD"]


def test_the_latest_change_says_until_when(carol: User) -> None:
    for hours in (3, 1, 2):
        note_security_change(
            user_id=carol.pk, kind=SecurityChangeKind.ADDRESS_LIST, at=NOON + timedelta(hours=hours)
        )
    held = security_held_until(user_id=carol.pk, hold_seconds=86_400)
    assert held == NOON + timedelta(hours=27)


@pytest.mark.parametrize(
    "statement", ["UPDATE access_securitychange SET at = now()", "DELETE FROM access_securitychange"]
)
def test_the_database_keeps_every_note(carol: User, statement: str) -> None:
    note_security_change(user_id=carol.pk, kind=SecurityChangeKind.SECOND_FACTOR, at=NOON)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert noted(carol) == ["SECOND_FACTOR"]
