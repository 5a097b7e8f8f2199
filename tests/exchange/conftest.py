"""A market, two people with money in it, and a worker that leads."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.exchange.scene import Scene, open_scene


@pytest.fixture
def scene(transactional_db: None, settings: Settings) -> Iterator[Scene]:
    settings.DEMO = True
    scene = open_scene()
    yield scene
    scene.close()
