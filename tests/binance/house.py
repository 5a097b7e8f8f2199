"""Traders who speak to the house as clients of Binance do: signed text in queries and form bodies."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from access.http import Scope
from access.services import Origin, create_api_key
from access.signing import KeyKind
from tests.api import people
from tests.api.house import MARKET
from tests.api.people import BOTH

SYMBOL = MARKET.replace("-", "")
SMALL_SYMBOL = "ETHBTC"
FREE_SYMBOL = "DOTUSDB"


class Answer(NamedTuple):
    """`headers` has lower-case names."""

    status: int
    json: Any
    headers: httpx.Headers

    @property
    def refusal(self) -> tuple[int, int, str]:
        """Status, Binance's number and text."""
        return self.status, self.json["code"], self.json["msg"]


Secret = str | Ed25519PrivateKey


@dataclass
class Trader:
    """A user with one key of this surface. `person` is the same user with a key of `/api/v1`.

    `get` and the others send signed requests, as `name=value` in this order, a timestamp last: in the query,
    of POST and PUT in a form body. Parameters that are None are left out; lists are JSON, as clients send.
    """

    client: httpx.Client
    person: people.Trader
    key: str
    secret: Secret
    window_ms: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, /, **params: Any) -> Answer:
        return self.send("GET", path, params)

    def post(self, path: str, /, **params: Any) -> Answer:
        return self.send("POST", path, params)

    def put(self, path: str, /, **params: Any) -> Answer:
        return self.send("PUT", path, params)

    def delete(self, path: str, /, **params: Any) -> Answer:
        return self.send("DELETE", path, params)

    def send(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any],
        *,
        in_query: bool | None = None,
        age_ms: int = 0,
    ) -> Answer:
        """Signed `age_ms` ago. `in_query` False: in a form body."""
        text = encode(self.stamped(params, age_ms))
        return self.send_text(method, path, signed(self.secret, text), in_query=in_query)

    def send_text(self, method: str, path: str, text: str, *, in_query: bool | None = None) -> Answer:
        """Whatever `text` is, with the key's name."""
        query = method not in ("POST", "PUT") if in_query is None else in_query
        return self.raw(method, f"{path}?{text}" if query else path, b"" if query else text.encode())

    def unsigned(self, method: str, path: str, /, **params: Any) -> Answer:
        """With the key's name alone, as listen keys are asked for."""
        text = encode(params)
        return self.raw(method, f"{path}?{text}" if text else path, b"")

    def raw(self, method: str, target: str, body: bytes) -> Answer:
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        headers = {"X-MBX-APIKEY": self.key, **form, **self.headers}
        return answer_of(self.client.request(method, target, content=body, headers=headers))

    def stamped(self, params: Mapping[str, Any], age_ms: int = 0) -> dict[str, Any]:
        window = {} if self.window_ms is None else {"recvWindow": self.window_ms}
        return {**params, **window, "timestamp": time.time_ns() // 1_000_000 - age_ms}

    def signed_members(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The `params` of a signed request over the websocket API, with apiKey, timestamp and signature."""
        members = {name: value for name, value in params.items() if value is not None}
        members = self.stamped({**members, "apiKey": self.key})
        text = "&".join(f"{name}={as_text(members[name])}" for name in sorted(members))
        return {**members, "signature": signature(self.secret, text.encode())}

    def order(self, **changes: Any) -> Any:
        """The answer to an order that is accepted: a bid that rests, with parameters changed or added."""
        answer = self.try_order(**changes)
        assert answer.status == 200, answer
        return answer.json

    def try_order(self, **changes: Any) -> Answer:
        usual = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
        return self.post("/api/v3/order", **{**usual, "quantity": "0.1", "price": "100.00", **changes})


def new_trader(
    client: httpx.Client,
    name: str,
    *,
    kind: KeyKind = KeyKind.HMAC,
    scopes: Iterable[Scope] = BOTH,
    allowed_networks: Iterable[str] = (),
) -> Trader:
    return with_new_key(people.new_trader(client, name), kind, scopes, allowed_networks)


def with_new_key(
    person: people.Trader,
    kind: KeyKind = KeyKind.HMAC,
    scopes: Iterable[Scope] = BOTH,
    allowed_networks: Iterable[str] = (),
) -> Trader:
    private = Ed25519PrivateKey.generate() if kind is KeyKind.ED25519 else None
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) if private else b""
    new = create_api_key(
        user_id=person.user_id,
        label="binance",
        kind=kind,
        scopes=scopes,
        allowed_networks=list(allowed_networks),
        public_key=base64.b64encode(public).decode(),
        origin=Origin(),
    )
    return Trader(person.client, person, new.key.public_id, private or new.secret)


def public(client: httpx.Client, path: str, /, **params: Any) -> Answer:
    """What everybody may ask."""
    return answer_of(client.get(f"{path}?{encode(params)}" if params else path))


def answer_of(response: httpx.Response) -> Answer:
    value = response.json() if response.content else None
    return Answer(response.status_code, value, response.headers)


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, separators=(",", ":"))
    return str(value)


def encode(params: Mapping[str, Any]) -> str:
    return urlencode({name: as_text(value) for name, value in params.items() if value is not None})


def signed(secret: Secret, text: str) -> str:
    """The parameters with their signature behind them."""
    return f"{text}&{urlencode({'signature': signature(secret, text.encode())})}"


def signature(secret: Secret, message: bytes) -> str:
    if isinstance(secret, str):
        return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return base64.b64encode(secret.sign(message)).decode()
