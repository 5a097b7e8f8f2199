"""People with passwords that cost nothing, and mails that stay here."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.dashboard.account.people import PASSWORD


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", "alice@example.com", PASSWORD)


@pytest.fixture
def browser(db: None) -> Client:
    return Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0")
