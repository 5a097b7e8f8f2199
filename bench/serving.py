"""Requests a second of each way of serving: Django's ASGI handler, a2wsgi, our bridge, the front door.

`python -m bench.serving` starts the embedded servers, then one uvicorn after another, and prints a table. The
same order is posted everywhere; behind the door it is also signed, checked, rated and counted in Redis.
"""

import argparse
import asyncio
import base64
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from access.signing import sign_request
from bench.house import cpu_seconds
from bench.http_load import load, wait_until_served
from config.embedded.servers import start_servers

PORT = 18_765
BODY = b'{"symbol":"BTC-USDB","side":"BUY","price":"42000.50","quantity":"0.12500000"}'
CONNECTIONS = 32


@dataclass(frozen=True)
class Way:
    name: str
    way: str
    path: str
    key: str = ""


WAYS = (
    Way("DRF view, Django's ASGI handler", "django", "/api/plain"),
    Way("DRF view, a2wsgi", "a2wsgi", "/api/plain"),
    Way("DRF view, our bridge", "bridge", "/api/plain"),
    Way("door, public AsyncEndpoint", "door", "/api/open"),
    Way("door, signed DRF view (HMAC)", "door", "/api/view", "HMAC"),
    Way("door, signed handler in a thread (HMAC)", "door", "/api/thread", "HMAC"),
    Way("door, signed AsyncEndpoint (HMAC)", "door", "/api/endpoint", "HMAC"),
    Way("door, signed AsyncEndpoint (Ed25519)", "door", "/api/endpoint", "ED25519"),
)


def prepared(way: Way, keys: dict[str, Any], private: Ed25519PrivateKey, count: int) -> list[bytes]:
    """Signed beforehand, so that the client's work is not measured."""
    common = f"POST {way.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    common += f"Content-Length: {len(BODY)}\r\n"
    if not way.key:
        return [common.encode() + b"\r\n" + BODY] * count
    public_id, secret = keys[way.key]
    requests = []
    for _ in range(count):
        headers = sign_request(
            key=public_id,
            secret=secret or private,
            method="POST",
            target=way.path,
            body=BODY,
            timestamp_ms=time.time_ns() // 1_000_000,
            nonce=secrets.token_hex(8),
            window_ms=60_000,
        )
        signed = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        requests.append((common + signed + "\r\n").encode() + BODY)
    return requests


@contextmanager
def served(way: Way, environment: dict[str, str]) -> Iterator[int]:
    command = [sys.executable, "-m", "uvicorn", "--factory", "bench.serving_app:application"]
    command += ["--port", str(PORT), "--no-access-log", "--log-level", "warning", "--no-proxy-headers"]
    command += ["--http", "access.guard:GuardedHttp"]
    process = subprocess.Popen(command, env={**environment, "BENCH_WAY": way.way})
    try:
        asyncio.run(wait_until_served(PORT))
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def measure(way: Way, environment: dict[str, str], seconds: float, rounds: int) -> tuple[float, ...]:
    """Requests a second, p50 and p99 in milliseconds, microseconds of the server's CPU; medians.

    The last says most on a machine that others use as well.
    """
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    results = []
    with served(way, environment) as pid:
        place = Path(environment["BENCH_KEY"])
        keys = json.loads(place.read_text()) if way.key else {}
        for number in range(rounds + 1):
            requests = prepared(way, keys, private, int(seconds * 8_000))
            before = cpu_seconds(pid)
            latencies = sorted(uvloop.run(load(PORT, [iter(requests)] * CONNECTIONS, seconds)))
            count = len(latencies)
            cpu = (cpu_seconds(pid) - before) / count
            if number > 0:  # the first warms up
                middle, late = latencies[count // 2], latencies[count * 99 // 100]
                results.append((count / seconds, middle * 1000, late * 1000, cpu * 1_000_000))
    return tuple(statistics.median(column) for column in zip(*results, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="ballast-bench-"))
    folder.chmod(0o711)
    servers = start_servers(folder, only=["postgres", "valkey"])
    public = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    environment = {
        **os.environ,
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "SECRET_KEY": "for-measuring-only-" * 3,
        "BALLAST_RATE_KEY": "1000000:1000000",
        "BALLAST_RATE_IP": "1000000:1000000",
        "BENCH_KEY": str(folder / "key.json"),
        "BENCH_PUBLIC_KEY": base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode(),
    }
    try:
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, env=environment, check=True)
        print(f"{'way':42} {'requests/s':>10} {'p50 ms':>8} {'p99 ms':>8} {'CPU us':>7}")
        for way in WAYS:
            rate, middle, late, cpu = measure(way, environment, options.seconds, options.rounds)
            print(f"{way.name:42} {rate:10.0f} {middle:8.2f} {late:8.2f} {cpu:7.0f}", flush=True)
    finally:
        servers.stop()


if __name__ == "__main__":
    main()
