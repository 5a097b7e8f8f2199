"""A bitcoin chain beside the house of the API's tests, and people who can withdraw."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from django.contrib.auth.models import User
from django.utils import timezone

from access.http import Scope
from access.second_factor import code_at, seed_second_factor, step_at
from access.second_factor.codes import new_secret
from access.services import Origin, create_api_key
from access.signing import KeyKind
from custody.bitcoin.addresses import read_address
from custody.bitcoin.types import Network
from custody.chains.registry import source_of
from custody.models import AllowedAddress
from custody.services.allowed_addresses import seed_address
from custody.services.watching.watcher import Watcher
from tests.api.people import Trader
from tests.custody.support.fake_bitcoind import serving_bitcoind
from tests.custody.support.house import CustodyHouse

LOOPBACK = ("127.0.0.0/8", "::1/128")
OUTSIDE = "bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry"
WITHDRAWING = (Scope.READ, Scope.TRADE, Scope.WITHDRAW)
LONG_AGO = timedelta(days=30)


@contextmanager
def watched_chain() -> Iterator[CustodyHouse]:
    with serving_bitcoind() as node:
        source = source_of(node.url, Network.REGTEST)
        house = CustodyHouse(node.chain, source, Watcher(source))
        house.watch()
        yield house
        source.close()


@dataclass(frozen=True)
class Saver(Trader):
    """A trader whose key may withdraw, with a second factor and an address that have been there for long."""

    totp_secret: str
    home: AllowedAddress

    def code(self) -> str:
        return code_at(self.totp_secret, step_at(timezone.now()))

    def ask(self, *, key: str | None = None, **changes: Any) -> httpx.Response:
        """A withdrawal with a fresh code, under a new key or `key`."""
        body = {"asset": "BTC", "amount": "0.1", "address_id": self.home.pk, "code": self.code()} | changes
        return self.send(
            "POST",
            "/api/v1/withdrawals",
            {name: value for name, value in body.items() if value is not None},
            headers={"Idempotency-Key": key or secrets.token_hex(8)},
        )

    def pay_unconfirmed(self, chain: CustodyHouse, *sats: int) -> str:
        """Paid and sighted. The txid."""
        address = self.get("/api/v1/deposit-address")["address"]
        txid = chain.chain.pay(read_address(address, Network.REGTEST), *sats)
        chain.watch()
        return txid

    def paid(self, chain: CustodyHouse, *sats: int) -> str:
        """Deposited, mined and credited. The txid."""
        txid = self.pay_unconfirmed(chain, *sats)
        chain.chain.mine(1)
        chain.watch()
        return txid


def new_saver(client: httpx.Client, name: str) -> Saver:
    user = User.objects.create_user(f"{name}-{secrets.token_hex(6)}")
    new = create_api_key(
        user_id=user.pk,
        label=name,
        kind=KeyKind.HMAC,
        scopes=WITHDRAWING,
        allowed_networks=LOOPBACK,
        origin=Origin(),
    )
    secret, since = new_secret(), timezone.now() - LONG_AGO
    seed_second_factor(user_id=user.pk, secret=secret, changed_at=since)
    home = seed_address(owner_id=user.pk, address=OUTSIDE, label="home", created_at=since)
    return Saver(client, user.pk, new.key.pk, new.key.public_id, new.secret, secret, home)
