"""A house with three sources."""

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from tests.oracle.rows import SOURCES, House


@pytest.fixture
def house(transactional_db: None, settings: Settings) -> House:
    settings.ORACLE_SOURCES = list(SOURCES)
    return House()


@pytest.fixture
def olga(transactional_db: None) -> int:
    return User.objects.create(username="olga", is_staff=True).pk


@pytest.fixture
def oskar(transactional_db: None) -> int:
    return User.objects.create(username="oskar", is_staff=True).pk
