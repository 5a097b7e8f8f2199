"""A market, two people with money in it, and a worker that leads."""

import pytest
from pytest_django import Settings

from tests.exchange.scene import Scene, open_scene


@pytest.fixture
def scene(transactional_db: None, settings: Settings) -> Scene:
    settings.DEMO = True
    return open_scene()
