"""An operator, and pages that are made of the tests' own sources."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from tests.admin.cockpit import sources
from tests.support.operators import operator

FOLDER = "tests.admin.cockpit.sources"


@pytest.fixture(autouse=True)
def own_sources(settings: Settings) -> None:
    settings.OPERATOR_WORK = [f"{FOLDER}.WORK"]
    settings.OPERATOR_SEARCH = [f"{FOLDER}.SEARCH"]
    settings.OPERATOR_FIGURES = [f"{FOLDER}.FIGURES"]
    settings.OPERATOR_PANELS = [f"{FOLDER}.PANELS"]
    sources.SEEN_BY.clear()


@pytest.fixture
def olga(client: Client, db: None) -> User:
    return operator(client)


@pytest.fixture
def olaf(client: Client, db: None) -> User:
    """May look at the audit trail, and at nothing else."""
    return operator(client, sources.PERMISSION, name="olaf")


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer
    return answer.content.decode()
