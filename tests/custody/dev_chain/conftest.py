"""A node in a folder of its own: a copy of one that has been mined before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.dev_chain.node import DevNode
from tests.custody.support.premined import mined_chain


@pytest.fixture
def node(tmp_path: Path) -> Iterator[DevNode]:
    mined_chain(tmp_path / "chain")
    with DevNode(tmp_path / "chain") as node:
        yield node
