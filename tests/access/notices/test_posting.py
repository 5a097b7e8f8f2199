"""A webhook goes to a judged address over verified TLS, within its time, and follows nothing."""

import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpcore
import pytest

from access.notices.addresses import Address
from access.notices.connecting import checked_addresses
from access.notices.outcomes import DELIVERED
from access.notices.targets import Policy
from tests.access.notices.receivers import HERE, Answer, Heard, receiver, says, sender, silence, status

BODY = b'{"type":"VAULT_WARNING"}'
PUBLIC = IPv4Address("93.184.215.14")


def test_it_posts_what_was_signed_to_the_name_it_was_given() -> None:
    with receiver() as here:
        assert sender().post(here.url, {"webhook-id": "notice_7"}, BODY) == DELIVERED
        (heard,) = here.heard
    assert heard.line == "POST /hook?a=1 HTTP/1.1"
    assert heard.body == BODY
    assert heard.headers["webhook-id"] == "notice_7"
    assert heard.headers["host"] == f"hooks.example.com:{here.port}"
    assert heard.headers["content-type"] == "application/json"
    assert "authorization" not in heard.headers
    assert "cookie" not in heard.headers


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
def test_every_success_is_one(code: int) -> None:
    with receiver(status(code)) as here:
        assert sender().post(here.url, {}, BODY) == DELIVERED


@pytest.mark.parametrize("code", [304, 400, 401, 404, 429, 500, 503])
def test_other_answers_are_tried_again(code: int) -> None:
    with receiver(status(code)) as here:
        outcome = sender().post(here.url, {}, BODY)
    assert (outcome.error, outcome.is_permanent) == (f"HTTP {code}", False)


def test_who_is_gone_wants_nothing_more() -> None:
    with receiver(status(410)) as here:
        outcome = sender().post(here.url, {}, BODY)
    assert (outcome.is_gone, outcome.is_permanent) == (True, True)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(code: int) -> None:
    with receiver() as other, receiver(status(code, f"Location: {other.url}")) as here:
        assert sender().post(here.url, {}, BODY).error == f"HTTP {code}"
        assert (here.connections, other.connections) == (1, 0)


def test_a_certificate_of_nobody_is_refused() -> None:
    with receiver() as here:
        assert sender(trusts=False).post(here.url, {}, BODY).error == "TLS"
        assert here.heard == []


def test_a_certificate_of_another_name_is_refused() -> None:
    with receiver() as here:
        url = f"https://other.example.com:{here.port}/"
        assert sender().post(url, {}, BODY).error == "TLS"
        assert here.heard == []


def test_who_speaks_no_tls_hears_nothing() -> None:
    with receiver(tls=False) as here:
        assert sender(seconds=0.4).post(here.url, {}, BODY).error in ("TLS", "TIMEOUT", "CONNECTION_LOST")
        assert here.heard == []


def drip(connection: socket.socket, _: Heard) -> None:
    """A byte at a time: each comes within its time, all together never."""
    for _number in range(200):
        connection.sendall(b"H")
        time.sleep(0.05)


def slow_headers(connection: socket.socket, _: Heard) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(200):
        connection.sendall(f"X-{number}: 1\r\n".encode())
        time.sleep(0.05)


def continues(connection: socket.socket, _: Heard) -> None:
    """Informational answers without end."""
    for _number in range(200):
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [drip, silence, slow_headers, continues])
def test_who_is_slow_is_left_when_the_time_is_over(answer: Answer) -> None:
    with receiver(answer) as here:
        began = time.monotonic()
        assert sender(seconds=0.4).post(here.url, {}, BODY).error == "TIMEOUT"
        assert time.monotonic() - began < 2.0


def test_no_more_than_the_allowance_is_read() -> None:
    endless = b"HTTP/1.1 200 OK\r\n" + b"X: " + b"x" * 200_000
    with receiver(says(endless)) as here:
        assert sender().post(here.url, {}, BODY).error in ("TOO_LARGE", "NOT_HTTP")


def test_a_long_body_is_not_waited_for() -> None:
    with receiver(says(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 300_000)) as here:
        assert sender().post(here.url, {}, BODY) == DELIVERED


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/1.1 999999 What\r\n\r\n", b"\x00" * 100, b""]
)
def test_what_is_no_http_is_a_failure_and_shown_to_nobody(answer: bytes) -> None:
    with receiver(says(answer)) as here:
        assert sender().post(here.url, {}, BODY).error == "NOT_HTTP"


def test_a_port_where_nobody_listens_is_a_failure() -> None:
    with receiver() as here:
        port = here.port
    assert sender().post(f"https://hooks.example.com:{port}/", {}, BODY).error == "NOT_CONNECTED"


INSIDE = ["127.0.0.1", "::1", "10.0.0.5", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fd00::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_connected_to(address: str) -> None:
    def lookup(_: str) -> Sequence[Address]:
        return [ip_address(address)]

    guarded = sender(policy=Policy(), lookup=lookup)
    assert guarded.post("https://hooks.example.com/", {}, BODY).error == "FORBIDDEN_ADDRESS"


def test_a_name_that_leads_inside_and_outside_is_not_connected_to() -> None:
    guarded = sender(policy=Policy(), lookup=lambda _: [PUBLIC, HERE])
    assert guarded.post("https://hooks.example.com/", {}, BODY).error == "FORBIDDEN_ADDRESS"


def test_a_name_is_looked_up_once_and_what_was_judged_is_connected_to() -> None:
    """A name that leads elsewhere when it is asked for again deceives nobody: it is not asked for again."""
    asked: list[str] = []

    def lookup(host: str) -> Sequence[Address]:
        asked.append(host)
        return [HERE] if len(asked) == 1 else [IPv4Address("192.0.2.1")]

    with receiver() as here:
        assert sender(lookup=lookup).post(here.url, {}, BODY) == DELIVERED
    assert asked == ["hooks.example.com"]


def test_the_next_address_is_tried_where_one_refuses() -> None:
    def lookup(_: str) -> Sequence[Address]:
        return [IPv6Address("::1"), HERE]

    with receiver() as here:
        assert sender(lookup=lookup).post(here.url, {}, BODY) == DELIVERED


def test_a_lookup_that_hangs_is_given_up() -> None:
    def hang(_: str) -> Sequence[Address]:
        time.sleep(1.5)
        return [HERE]

    began = time.monotonic()
    assert sender(lookup=hang, seconds=0.3).post("https://hooks.example.com/", {}, BODY).error == "TIMEOUT"
    assert time.monotonic() - began < 1.2


def test_a_name_that_nobody_waits_for_any_more_is_not_looked_up() -> None:
    """Else who has many names that hang makes everybody's wait behind them."""
    ends = threading.Event()
    asked: list[str] = []

    def hang(host: str) -> Sequence[Address]:
        asked.append(host)
        ends.wait(5)
        return [HERE]

    policy = Policy(is_local=True)
    with ThreadPoolExecutor(32) as pool:
        calls = [pool.submit(checked_addresses, f"h{n}.example.com", policy, hang, 0.2) for n in range(32)]
        assert all(isinstance(call.exception(), httpcore.ConnectTimeout) for call in calls)
    ends.set()
    assert checked_addresses("mine.example.com", policy, lambda _: [HERE], 5) == [HERE]
    assert len(asked) <= 16


def test_a_name_that_nobody_knows_is_a_failure() -> None:
    def unknown(_: str) -> Sequence[Address]:
        raise OSError("no such name")

    assert sender(lookup=unknown).post("https://hooks.example.com/", {}, BODY).error == "UNKNOWN_NAME"


def test_a_url_is_judged_again_when_it_is_sent_to() -> None:
    """It was taken while local receivers were allowed."""
    outcome = sender(policy=Policy()).post("http://127.0.0.1:8000/", {}, BODY)
    assert (outcome.error, outcome.is_permanent) == ("FORBIDDEN_URL", True)
