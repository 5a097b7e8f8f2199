"""Signers of three kinds that the contract's tests run against, each with wallets that it serves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest
from _pytest.mark.structures import ParameterSet

from custody.bitcoin.types import Network, Role, WalletSpec
from custody.signers.books import MemoryBooks
from custody.signers.careful import CarefulSigner
from custody.signers.memory import memory_signer
from custody.signers.pkcs11 import TokenKeyholder, TokenPlace
from custody.signers.policy import Rules
from custody.signers.signer import Signer
from tests.custody.support.cosigners import Cosigner
from tests.custody.support.wallets import account, cold_wallet, hot_wallet, seed_of, vault_wallet

_numbers = count(1)


class Named(Protocol):
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Team:
    """`hot` is None where keys are a token's: it derives no addresses."""

    kind: str
    hot: Signer | None
    protocol: Signer
    backup: Signer
    hot_wallet: WalletSpec
    vault: WalletSpec

    def by(self, role: Role) -> Signer:
        signer = {Role.HOT: self.hot, Role.PROTOCOL: self.protocol, Role.BACKUP: self.backup}[role]
        assert signer is not None
        return signer


@pytest.fixture(scope="session")
def house_cosigner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cosigner]:
    """Hot and protocol in one process, as a house runs them."""
    yield from _running(tmp_path_factory.mktemp("house"), "hot,protocol", "protocol")


@pytest.fixture(scope="session")
def backup_cosigner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cosigner]:
    yield from _running(tmp_path_factory.mktemp("backup"), "backup", "backup")


def _running(folder: Path, roles: str, seed: str) -> Iterator[Cosigner]:
    cosigner = Cosigner(folder, roles, seed).start()
    yield cosigner
    cosigner.kill()


KINDS = ("memory", "token", "remote")
HOT_KINDS = ("memory", "remote")
_EACH = 6


@pytest.fixture(params=KINDS)
def team(request: pytest.FixtureRequest) -> Team:
    return _MAKERS[request.param](request)


@pytest.fixture(params=HOT_KINDS)
def hot_team(request: pytest.FixtureRequest) -> Team:
    """Those that can be a hot signer."""
    return _MAKERS[request.param](request)


def _in_memory(_: pytest.FixtureRequest) -> Team:
    signers = {role: memory_signer(seed_of(role), rules_of(role)) for role in (Role.PROTOCOL, Role.BACKUP)}
    hot = memory_signer(seed_of("hot"), rules_of(Role.HOT))
    return Team("memory", hot, signers[Role.PROTOCOL], signers[Role.BACKUP], hot_wallet(), vault_wallet())


def _in_a_token(request: pytest.FixtureRequest) -> Team:
    places = request.getfixturevalue("tokens")
    protocol, backup = (
        token_signer(place, role) for place, role in zip(places, (Role.PROTOCOL, Role.BACKUP), strict=True)
    )
    keys = (protocol.fixed_key("vault 1"), backup.fixed_key("vault 1"))
    return Team("token", None, protocol, backup, hot_wallet(), vault_wallet("user", *keys))


def _elsewhere(request: pytest.FixtureRequest) -> Team:
    house: Cosigner = request.getfixturevalue("house_cosigner")
    backup: Cosigner = request.getfixturevalue("backup_cosigner")
    hot, protocol = house.signer(Role.HOT), house.signer(Role.PROTOCOL)
    return Team("remote", hot, protocol, backup.signer(Role.BACKUP), hot_wallet("protocol"), vault_wallet())


_MAKERS = {"memory": _in_memory, "token": _in_a_token, "remote": _elsewhere}


def rules_of(role: Role) -> Rules:
    return Rules(role, Network.REGTEST, cold=cold_wallet())


def token_signer(place: TokenPlace, role: Role) -> CarefulSigner:
    holder = TokenKeyholder(place)
    return CarefulSigner(keyholder=holder, rules=rules_of(role), books=MemoryBooks(), party="tests")


def told_to(kinds: Sequence[str], lies: Sequence[Named]) -> list[ParameterSet]:
    """Each lie to a signer in memory, and some of them to those of other kinds, whose rules are the same.

    `make long` tells all of them to all.
    """
    return [
        pytest.param(
            kind,
            lie,
            id=f"{kind}-{lie.name}",
            marks=() if kind == "memory" or number % _EACH == 0 else pytest.mark.long,
        )
        for kind in kinds
        for number, lie in enumerate(lies)
    ]


@pytest.fixture
def spend_id() -> str:
    """Another one for each test: a co-signer never forgets."""
    return f"spend:{next(_numbers)}"


OWNER = account("user", Role.USER)
