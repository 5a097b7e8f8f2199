"""The load of one deed: `-m bench.vaults.client DEED PORT STAGED CLIENTS SECONDS`; STAGED is a file.

Prints deeds a second and the latency of their answers as JSON. Requests are signed before the clock starts.
"""

import json
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import uvloop

from access.signing import sign_request
from bench.http_load import OK, load
from bench.orders.orders import shares

CREATED = b"HTTP/1.1 201"
MOST = 6_000  # requests signed for one load
Staged = Mapping[str, Any]


def main() -> None:
    deed, port, staged, clients, seconds = sys.argv[1:]
    owners: list[Staged] = json.loads(Path(staged).read_text())
    requests = [_request(deed, owners[number % len(owners)]) for number in range(MOST)]
    began = time.perf_counter()
    good = CREATED if deed == "open" else OK
    latencies = uvloop.run(load(int(port), shares(requests, int(clients)), float(seconds), good))
    took = min(float(seconds), time.perf_counter() - began)
    latencies.sort()
    result = {
        "deeds": len(latencies),
        "per_second": len(latencies) / took,
        "p50_ms": latencies[len(latencies) // 2] * 1e3,
        "p99_ms": latencies[len(latencies) * 99 // 100] * 1e3,
    }
    json.dump(result, sys.stdout)


def _request(deed: str, owner: Staged) -> bytes:
    path = "/api/v1/vaults" if deed == "open" else f"/api/v1/vaults/{owner['vault']}/{deed}"
    content = owner["opening"] if deed == "open" else {"amount": "1"}
    body = json.dumps(content, separators=(",", ":")).encode()
    headers = sign_request(
        key=owner["api_key"][0],
        secret=owner["api_key"][1],
        method="POST",
        target=path,
        body=body,
        timestamp_ms=time.time_ns() // 1_000_000,
        nonce=secrets.token_hex(8),
        window_ms=60_000,
    )
    given = {**headers, "Idempotency-Key": secrets.token_hex(16)}
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


if __name__ == "__main__":
    main()
