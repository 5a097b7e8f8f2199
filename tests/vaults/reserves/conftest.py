"""A house with play money."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _demo(settings: Settings) -> None:
    settings.DEMO = True
