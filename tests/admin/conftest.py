"""A market with orders and trades in it and a worker that leads, and an operator who looks at it."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from exchange.admin import units
from exchange.engine.commands import set_switch
from exchange.engine.types import Side
from tests.exchange.scene import Scene, limit, open_scene
from tests.support.operators import operator


@pytest.fixture
def scene(transactional_db: None, settings: Settings) -> Iterator[Scene]:
    settings.DEMO = True
    units._known.read_at = float("-inf")
    scene = open_scene()
    scene.tell(limit(scene.alice, Side.BUY, "50000.00", 2_000, client_order_id="a1"))
    scene.tell(limit(scene.bob, Side.SELL, "50000.00", 500))
    scene.tell(limit(scene.bob, Side.SELL, "1.00", 0))  # refused
    scene.tell(set_switch(account=scene.alice, market="", timeout_ns=10**12))
    yield scene
    scene.close()


@pytest.fixture
def olga(client: Client, transactional_db: None) -> Client:
    operator(client)
    return client
