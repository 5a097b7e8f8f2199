"""Asks a server for one small body, bounded in time and size, without redirects. Knows no prices."""

import asyncio
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import aiohttp
from yarl import URL

from oracle.rules.quotes import Absent
from oracle.sources.source import SourceFailure

MAX_RETRY_AFTER_S = 3600
_CHUNK = 2**16
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
RATE_LIMITED = {418, 429}
_NO_ANSWER = "gave no answer in time"
_AGENT = "ballast-oracle"


class Answer(NamedTuple):
    status: int
    reason: str
    headers: Mapping[str, str]
    text: str
    retry_after_s: int


class Web:
    """One session, opened when it is first used and in the loop that uses it."""

    def __init__(self, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str, headers: Mapping[str, str] | None = None, *, limit: int) -> Answer:
        """What came with whatever status but a redirect. Raises SourceFailure."""
        asked = {"User-Agent": _AGENT, **(headers or {}), "Accept-Encoding": "gzip, deflate"}
        try:
            async with asyncio.timeout(self._timeout_s):
                async with self._open().get(
                    URL(url, encoded=True), headers=asked, allow_redirects=False
                ) as response:
                    return await _read(response, limit)
        except TimeoutError as error:
            raise SourceFailure(Absent.TIMED_OUT, _NO_ANSWER) from error
        except aiohttp.ClientResponseError as error:
            raise SourceFailure(Absent.MALFORMED, "no HTTP") from error
        except (aiohttp.ClientError, OSError) as error:
            raise SourceFailure(Absent.UNREACHABLE, type(error).__name__) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                auto_decompress=False,  # ours is bounded: a kilobyte may unpack into a gigabyte
                cookie_jar=aiohttp.DummyCookieJar(),
                connector=aiohttp.TCPConnector(limit=8, ttl_dns_cache=60),
                timeout=aiohttp.ClientTimeout(total=self._timeout_s),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()


async def _read(response: aiohttp.ClientResponse, limit: int) -> Answer:
    if 300 <= response.status < 400:
        raise SourceFailure(Absent.REFUSED, f"HTTP {response.status}, a redirect")
    if (response.content_length or 0) > limit:
        raise _too_large(limit)
    body = await _unpacked(response, limit)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise SourceFailure(Absent.MALFORMED, "no UTF-8") from error
    wait_s = retry_after_s(response.headers.get("Retry-After", ""), datetime.now(UTC))
    return Answer(response.status, response.reason or "", response.headers, text, wait_s)


async def _unpacked(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Read as it comes, so that neither what is sent nor what it unpacks to outgrows the limit."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", "deflate", ""):
        raise SourceFailure(Absent.MALFORMED, "packed in a way that was not asked for")
    unpack = None if encoding in ("identity", "") else zlib.decompressobj(_GZIP_OR_ZLIB)
    body = bytearray()
    received = 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        received += len(chunk)
        try:
            body += chunk if unpack is None else unpack.decompress(chunk, limit + 1 - len(body))
        except zlib.error as error:
            raise SourceFailure(Absent.MALFORMED, "packed wrongly") from error
        if len(body) > limit or received > limit:
            raise _too_large(limit)
    if unpack is not None and not unpack.eof:
        raise SourceFailure(Absent.MALFORMED, "packed wrongly")
    return bytes(body)


def _too_large(limit: int) -> SourceFailure:
    return SourceFailure(Absent.MALFORMED, f"a body of more than {limit} bytes")


def check_status(answer: Answer) -> None:
    """Raises SourceFailure where the status says no."""
    if answer.status in RATE_LIMITED:
        raise SourceFailure(Absent.RATE_LIMITED, f"HTTP {answer.status}", retry_after_s=answer.retry_after_s)
    if answer.status != 200:
        raise SourceFailure(Absent.REFUSED, f"HTTP {answer.status}", retry_after_s=answer.retry_after_s)


def retry_after_s(text: str, now: datetime) -> int:
    """Seconds or a date, as HTTP has it; 0 where it says nothing or nonsense; an hour at most."""
    text = text.strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return min(int(text), MAX_RETRY_AFTER_S)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(int((until - now).total_seconds()), 0), MAX_RETRY_AFTER_S)
