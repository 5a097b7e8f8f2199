"""People with keys and money, and how they speak to the house."""

import itertools
import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from django.contrib.auth.models import User

from access.http import Scope
from access.services import Origin, create_api_key
from access.signing import KeyKind, sign_request
from tests.api.house import MARKET

T = TypeVar("T")
BOTH = (Scope.READ, Scope.TRADE)
MakeTrader = Callable[..., "Trader"]
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Trader:
    """A user with one key."""

    client: httpx.Client
    user_id: int
    key_id: int
    key: str
    secret: str

    def send(
        self,
        method: str,
        target: str,
        value: object = None,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        window_ms: int | None = None,
        age_ms: int = 0,
    ) -> httpx.Response:
        """Send `value` as JSON, or the bytes `body`, signed `age_ms` ago."""
        if body is None:
            body = b"" if value is None else json.dumps(value).encode()
        media_type = {"Content-Type": "application/json"} if body else {}
        signed = sign_request(
            key=self.key,
            secret=self.secret,
            method=method,
            target=target,
            body=body,
            timestamp_ms=time.time_ns() // 1_000_000 - age_ms,
            nonce=secrets.token_hex(8),
            window_ms=window_ms,
        )
        return self.client.request(
            method, target, content=body, headers=signed | media_type | (headers or {})
        )

    def put(self, target: str, value: object) -> Any:
        return succeeded(self.send("PUT", target, value))

    def patch(self, target: str, value: object) -> Any:
        return succeeded(self.send("PATCH", target, value))

    def post(self, target: str, value: object) -> Any:
        return succeeded(self.send("POST", target, value))

    def get(self, target: str) -> Any:
        """What stands in the answer of a request that succeeds."""
        return succeeded(self.send("GET", target))

    def delete(self, target: str) -> Any:
        return succeeded(self.send("DELETE", target))

    def try_order(self, **changes: Any) -> httpx.Response:
        return self.send("POST", "/api/v1/orders", order(**changes))

    def place(self, **changes: Any) -> Any:
        """The answer to an order that is accepted."""
        return succeeded(self.try_order(**changes))

    def order(self, order_id: str) -> Any:
        return self.get(f"/api/v1/orders/{order_id}")["order"]

    def move(self, **changes: Any) -> httpx.Response:
        """A transfer with a key of its own, or with `key`."""
        key = changes.pop("key", None) or secrets.token_hex(8)
        return self.send("POST", "/api/v1/transfers", transfer(**changes), headers={"Idempotency-Key": key})

    def ask_faucet(self, *, key: str | None = None, **body: Any) -> httpx.Response:
        chosen = {"Idempotency-Key": key or secrets.token_hex(8)}
        return self.send("POST", "/api/v1/faucet", body, headers=chosen)

    def fund(self, **amounts: str) -> None:
        """Play money to trade with."""
        for asset, amount in amounts.items():
            succeeded(self.ask_faucet(asset=asset, amount=amount))
            succeeded(self.move(asset=asset, amount=amount))

    def holding(self, asset: str) -> dict[str, str]:
        """The asset's line of the balances, without its name."""
        found = {row.pop("asset"): row for row in self.get("/api/v1/balances")["balances"]}
        line: dict[str, str] = found[asset]
        return line

    def trading(self, asset: str) -> tuple[str, str]:
        """Free and locked."""
        line = self.holding(asset)
        return line["trading_free"], line["trading_locked"]


@contextmanager
def crowd(client: httpx.Client) -> Iterator[MakeTrader]:
    """Makes people with funds: make("alice", USDB="1000"). What they still offer is canceled at the end."""
    made: list[Trader] = []

    def make(name: str, *, scopes: Iterable[Scope] = BOTH, **funds: str) -> Trader:
        person = new_trader(client, name, scopes)
        made.append(person)
        person.fund(**funds)
        return person

    yield make
    for person in made:
        assert person.send("DELETE", "/api/v1/orders").status_code in (200, 401, 403)


def new_trader(client: httpx.Client, name: str, scopes: Iterable[Scope] = BOTH) -> Trader:
    user = User.objects.create_user(f"{name}-{next(_numbers)}-{secrets.token_hex(4)}")
    new = create_api_key(user_id=user.pk, label=name, kind=KeyKind.HMAC, scopes=scopes, origin=Origin())
    return Trader(client, user.pk, new.key.pk, new.key.public_id, new.secret)


def order(**changes: Any) -> dict[str, Any]:
    """A limit bid that rests, with members changed, added, or (`None`) left out."""
    usual = {"market": MARKET, "side": "BUY", "type": "LIMIT", "price": "100.00", "quantity": "0.1"}
    return {name: value for name, value in (usual | changes).items() if value is not None}


def transfer(**changes: Any) -> dict[str, Any]:
    usual = {"asset": "USDB", "amount": "1", "from_wallet": "FUNDING", "to_wallet": "TRADING"}
    return usual | changes


def succeeded(response: httpx.Response) -> Any:
    assert response.status_code == 200, response.text
    return response.json()


def refusal(response: httpx.Response) -> tuple[int, str]:
    """Status and code of the one envelope; everything else about it the client has checked."""
    return response.status_code, response.json()["error"]["code"]


def field_of(response: httpx.Response) -> str:
    return str(response.json()["error"]["field"])


def in_parallel(work: Callable[[int], T], times: int, *, threads: int = 20) -> list[T]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(times)))
