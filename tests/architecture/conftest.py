"""What all tests of the architecture share: nobody looks for garbage among the project's syntax trees."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package", autouse=True)
def _no_garbage_collection() -> Iterator[None]:
    """All trees stay until the end, and going through them again and again would be most of the time."""
    gc.disable()
    yield
    gc.enable()
