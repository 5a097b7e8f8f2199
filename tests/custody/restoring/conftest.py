"""A house that pays by a co-signer of its own process, and remembers itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.bitcoin.types import Role
from custody.services.spending.outside import Outside
from tests.custody.restoring.lives import Lives, begin
from tests.custody.spending.conftest import alice, bare_house, bob, house
from tests.custody.support.cosigners import Cosigner
from tests.custody.support.paying import PayingHouse

__all__ = ["alice", "bare_house", "bob", "house"]


@pytest.fixture
def cosigner(tmp_path: Path) -> Iterator[Cosigner]:
    (tmp_path / "cosigner").mkdir()
    signer = Cosigner(tmp_path / "cosigner", "hot", "hot").start()
    yield signer
    signer.kill()


@pytest.fixture
def signed_house(house: PayingHouse, cosigner: Cosigner) -> PayingHouse:
    """Its signer is a process with books and a journal of its own."""
    house.outside = Outside(house.source, {Role.HOT: cosigner.signer(Role.HOT)})
    return house


@pytest.fixture
def lives(tmp_path: Path) -> Lives:
    return begin(tmp_path / "backups")
