"""The house's own API (`/api/v1`), by which what clients see is judged."""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

import httpx

from access.signing import sign_request
from conformance.people import Person


@dataclass(frozen=True)
class Native:
    client: httpx.Client
    person: Person

    def send(self, method: str, target: str, value: object = None) -> httpx.Response:
        body = b"" if value is None else json.dumps(value).encode()
        signed = sign_request(
            key=self.person.key,
            secret=self.person.secret,
            method=method,
            target=target,
            body=body,
            timestamp_ms=time.time_ns() // 1_000_000,
            nonce=secrets.token_hex(8),
        )
        media_type = {"Content-Type": "application/json"} if body else {}
        return self.client.request(method, target, content=body, headers=signed | media_type)

    def get(self, target: str) -> Any:
        response = self.send("GET", target)
        assert response.status_code == 200, response.text
        return response.json()

    def order(self, order_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/api/v1/orders/{order_id}")["order"]
        return found

    def trading(self, asset: str) -> tuple[str, str]:
        """Free and locked in the trading wallet."""
        for row in self.get("/api/v1/balances")["balances"]:
            if row["asset"] == asset:
                return row["trading_free"], row["trading_locked"]
        return "0", "0"
