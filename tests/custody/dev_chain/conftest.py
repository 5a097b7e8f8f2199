"""A node in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.dev_chain.node import DevNode


@pytest.fixture
def node(tmp_path: Path) -> Iterator[DevNode]:
    with DevNode(tmp_path / "chain") as node:
        yield node
