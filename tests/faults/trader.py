"""A client of the API as a careful customer writes one: signs, retries, and asks where it cannot know."""

import http.client
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from access.signing import sign_request
from exchange.demo_keys import DemoKey
from tests.support.waiting import PATIENCE, pause

TIMEOUT_S = 15.0 * PATIENCE
MARKET = "BTC-USDB"


class Lost(Exception):
    """The connection broke: whether the request was carried out is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """Of the error envelope; "" for a success."""
        error: dict[str, str] = self.body.get("error", {})
        return error.get("code", "")


class Trader:
    """One signed connection of one user. Not thread-safe."""

    def __init__(self, name: str, key: DemoKey, port: int) -> None:
        self.name = name
        self._key = key
        self.port = port
        self._connection: http.client.HTTPConnection | None = None

    def call(
        self,
        method: str,
        target: str,
        fields: dict[str, Any] | None = None,
        *,
        window_ms: int | None = None,
        key: str | None = None,
    ) -> Answer:
        """One request with a fresh nonce. Raises Lost."""
        body = b"" if fields is None else json.dumps(fields).encode()
        headers = sign_request(
            key=self._key.key,
            secret=self._key.secret,
            method=method,
            target=target,
            body=body,
            timestamp_ms=time.time_ns() // 1_000_000,
            nonce=secrets.token_hex(8),
            window_ms=window_ms,
        )
        headers |= {"Content-Type": "application/json"} if body else {}
        headers |= {"Idempotency-Key": key} if key else {}
        connection = self._connection or self.connect()
        self._connection = connection
        try:
            connection.request(method, target, body=body, headers=headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.hang_up()
            raise Lost(str(error)) from error
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, json.loads(content), names)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)

    def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def try_call(self, method: str, target: str, fields: dict[str, Any] | None = None) -> Answer | None:
        """None where the connection broke."""
        try:
            return self.call(method, target, fields)
        except Lost:
            return None

    def truth_about(self, client_order_id: str, *, seconds: float = 60 * PATIENCE) -> Answer:
        """Asks until it is told: 200 with the order (accepted or refused), or 404 where there is none."""
        deadline = time.monotonic() + seconds
        while True:
            answer = self.try_call("GET", f"/api/v1/orders/by-client-id/{client_order_id}")
            if answer is not None and answer.status in (200, 404):
                return answer
            assert time.monotonic() < deadline, f"{client_order_id} stays unknown: {answer}"
            pause(0.05)


def limit_order(client_order_id: str, side: str, price: str, quantity: str = "0.001") -> dict[str, Any]:
    return {
        "market": MARKET,
        "side": side,
        "type": "LIMIT",
        "price": price,
        "quantity": quantity,
        "client_order_id": client_order_id,
    }


def market_order(client_order_id: str, side: str, quantity: str = "0.001") -> dict[str, Any]:
    return {
        "market": MARKET,
        "side": side,
        "type": "MARKET",
        "quantity": quantity,
        "client_order_id": client_order_id,
    }
