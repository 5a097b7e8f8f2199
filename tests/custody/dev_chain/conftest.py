"""A node in a folder of its own: a copy of one that has been mined before."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.dev_chain.node import DevNode


@pytest.fixture(scope="session")
def mined_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mined") / "chain"
    DevNode(folder).close()
    return folder


@pytest.fixture
def node(mined_folder: Path, tmp_path: Path) -> Iterator[DevNode]:
    shutil.copytree(mined_folder, tmp_path / "chain")
    with DevNode(tmp_path / "chain") as node:
        yield node
