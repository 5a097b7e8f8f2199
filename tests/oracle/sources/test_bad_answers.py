"""Whatever a server answers, a source says in time and in bounded memory why it has no quote."""

import asyncio
import gzip
import json
import resource
import zlib
from functools import cache
from typing import Any

import pytest

from oracle.rules.quotes import Absent
from oracle.sources.registry import make_source
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import Surroundings
from tests.oracle.sources.bodies import EXCHANGES, WRONG_SHAPES, pyth
from tests.oracle.sources.servers import Handler, page, run, serving

REAL: dict[str, Any] = {name: make("60000", "60001", "60000") for name, make in EXCHANGES.items()}
REAL["pyth:BTC/USD"] = pyth("6000000000000")
over_http = pytest.mark.parametrize("name", REAL)
TIMEOUT_S = 0.4
NO_HTTP = [
    b"",
    b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[1",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"\x00" * 100,
    b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
]
NO_PRICE = {Absent.MALFORMED, Absent.NO_PRICE, Absent.REFUSED}


def real_body(name: str) -> bytes:
    body = REAL[name]
    return (body if isinstance(body, str) else json.dumps(body)).encode()


async def ask(name: str, answer: Handler | bytes, scheme: str = "http") -> SourceFailure | None:
    async with serving(answer, scheme) as server:
        around = Surroundings({name.split(":")[0]: server.address}, timeout_s=TIMEOUT_S)
        source = make_source(name, around)
        try:
            async with asyncio.timeout(5):
                await source.fetch()
        except SourceFailure as failure:
            return failure
        finally:
            await source.close()
    return None


def failure_of(name: str, answer: Handler | bytes, scheme: str = "http") -> SourceFailure:
    failure = run(ask(name, answer, scheme))
    assert failure is not None, "it took that for a price"
    assert len(failure.detail) < 200
    return failure


@over_http
@pytest.mark.parametrize("body", WRONG_SHAPES)
def test_a_body_of_another_shape_is_no_price(name: str, body: str) -> None:
    assert failure_of(name, page(body)).reason in NO_PRICE


@pytest.mark.parametrize(
    "wild",
    ["1e3000000", " 1e3000000", "1e 3000000", "1e3_000_000", "1e-3000000\n", "１e3000000", "1 e+٣٠٠٠٠٠٠"],
)
def test_a_number_that_fills_the_memory_when_it_is_calculated_with_is_malformed(wild: str) -> None:
    """In a field that nobody asked for: what parses the answer multiplies the volume with the price."""
    body = EXCHANGES["kraken:BTC/USD"]("60000", "60001", "60000")
    body["result"]["XXBTZUSD"]["v"] = [wild, wild]
    assert failure_of("kraken:BTC/USD", page(body)).reason is Absent.MALFORMED


@over_http
def test_a_page_of_html_is_no_price(name: str) -> None:
    html = "<!DOCTYPE html><html><title>Just a moment...</title></html>"
    assert failure_of(name, page(html, kind="text/html")).reason is Absent.MALFORMED
    blocked = failure_of(name, page(html, status="503 Service Unavailable", kind="text/html"))
    assert blocked.reason in {Absent.REFUSED, Absent.RATE_LIMITED}


@over_http
def test_what_no_utf_8_holds_is_malformed(name: str) -> None:
    assert failure_of(name, page(b'{"last": "\xff\xfe"}')).reason is Absent.MALFORMED


@over_http
def test_json_under_another_content_type_is_still_the_answer(name: str) -> None:
    assert run(ask(name, page(real_body(name), kind="text/plain"))) is None


@over_http
def test_a_packed_answer_is_unpacked(name: str) -> None:
    assert run(ask(name, page(gzip.compress(real_body(name)), Content_Encoding="gzip"))) is None
    assert run(ask(name, page(zlib.compress(real_body(name)), Content_Encoding="deflate"))) is None


@over_http
@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip"])
def test_an_answer_packed_in_another_way_is_malformed(name: str, encoding: str) -> None:
    assert failure_of(name, page(b"not packed", Content_Encoding=encoding)).reason is Absent.MALFORMED


@over_http
def test_a_packed_answer_that_ends_early_is_malformed(name: str) -> None:
    half = gzip.compress(real_body(name))[:-9]
    assert failure_of(name, page(half, Content_Encoding="gzip")).reason is Absent.MALFORMED


@over_http
def test_ten_megabytes_are_refused_before_they_are_read(name: str) -> None:
    assert failure_of(name, page(b"[" + b"1," * 5_000_000 + b"1]")).reason is Absent.MALFORMED


@over_http
def test_a_body_without_a_length_is_cut_off_at_the_limit(name: str) -> None:
    sent = 0

    async def endless(_: str, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        while sent < 50_000_000:
            writer.write(b" " * 65_536)
            sent += 65_536
            await writer.drain()

    assert failure_of(name, endless).reason is Absent.MALFORMED
    assert sent < 20_000_000


@cache
def bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    spaces = b" " * 2**20
    return b"".join(packer.compress(spaces) for _ in range(256)) + packer.flush()


@over_http
def test_a_small_answer_that_unpacks_to_256_megabytes_is_refused_in_little_memory(name: str) -> None:
    packed = bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert failure_of(name, page(packed, Content_Encoding="gzip")).reason is Absent.MALFORMED
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@over_http
def test_a_hundred_thousand_brackets_are_malformed(name: str) -> None:
    assert failure_of(name, page("[" * 100_000 + "]" * 100_000)).reason is Absent.MALFORMED


@over_http
@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"]
)
def test_a_redirect_is_not_followed(name: str, status: str) -> None:
    async def asked() -> tuple[SourceFailure | None, list[str]]:
        async with serving(page(real_body(name))) as other:
            failure = await ask(name, page("", status=status, Location=other.address + "/"))
            return failure, other.asked

    failure, reached = run(asked())
    assert failure is not None
    assert failure.reason is Absent.REFUSED
    assert reached == []


@over_http
@pytest.mark.parametrize("status", ["429 Too Many Requests", "418 I'm a teapot"])
def test_who_is_told_to_wait_says_for_how_long(name: str, status: str) -> None:
    failure = failure_of(name, page("{}", status=status, Retry_After="17"))
    assert (failure.reason, failure.retry_after_s) == (Absent.RATE_LIMITED, 17)


@over_http
@pytest.mark.parametrize("when", ["soon", "-1", "1e9", "Mon, 16 Nov 99999999999999 13:32:02 GMT", "٣"])
def test_who_is_told_to_wait_for_nonsense_says_for_no_time(name: str, when: str) -> None:
    failure = failure_of(name, page("{}", status="429 Too Many Requests", Retry_After=when))
    assert (failure.reason, failure.retry_after_s) == (Absent.RATE_LIMITED, 0)


@over_http
@pytest.mark.parametrize(
    "status",
    ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "500 Oh", "520 Oh", "599 Oh"],
)
def test_a_status_that_says_no_is_a_refusal(name: str, status: str) -> None:
    reason = failure_of(name, page(real_body(name), status=status)).reason
    assert reason in {Absent.REFUSED, Absent.RATE_LIMITED}


@over_http
def test_a_server_that_says_nothing_times_out(name: str) -> None:
    async def mute(_: str, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    assert failure_of(name, mute).reason is Absent.TIMED_OUT


@over_http
def test_a_server_that_drips_times_out(name: str) -> None:
    async def dripping(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _count in range(1000):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    assert failure_of(name, dripping).reason is Absent.TIMED_OUT


@over_http
@pytest.mark.parametrize("answer", NO_HTTP)
def test_an_answer_that_breaks_off_or_is_no_http_is_none(name: str, answer: bytes) -> None:
    assert failure_of(name, answer).reason in {Absent.UNREACHABLE, Absent.MALFORMED}


@over_http
def test_nobody_there_is_unreachable(name: str) -> None:
    async def asked() -> SourceFailure:
        async with serving(b"") as server:
            around = Surroundings({name.split(":")[0]: server.address}, timeout_s=TIMEOUT_S)
        source = make_source(name, around)
        with pytest.raises(SourceFailure) as failed:
            await source.fetch()
        await source.close()
        return failed.value

    assert run(asked()).reason is Absent.UNREACHABLE


@over_http
def test_a_server_without_tls_where_there_should_be_is_unreachable(name: str) -> None:
    failure = failure_of(name, page(real_body(name)), scheme="https")
    assert failure.reason in {Absent.UNREACHABLE, Absent.TIMED_OUT}


@over_http
def test_it_answers_again_after_everything_that_went_wrong(name: str) -> None:
    answers = [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        page("<html>"),
        page(real_body(name), status="500 Oh"),
        page(real_body(name)),
    ]

    async def asked() -> list[Absent | None]:
        async def one_after_the_other(_: str, writer: asyncio.StreamWriter) -> None:
            writer.write(answers.pop(0))

        async with serving(one_after_the_other) as server:
            source = make_source(name, Surroundings({name.split(":")[0]: server.address}))
            reasons: list[Absent | None] = []
            for _ in range(4):
                try:
                    await source.fetch()
                    reasons.append(None)
                except SourceFailure as failure:
                    reasons.append(failure.reason)
            await source.close()
            return reasons

    assert [reason is None for reason in run(asked())] == [False, False, False, True]
