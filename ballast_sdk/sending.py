"""Requests over HTTP: each try is signed anew, connections are kept, and what is safe is sent again."""

import asyncio
import time
from typing import Protocol

import httpx

from ballast_sdk.answers import read
from ballast_sdk.calls import Call, T
from ballast_sdk.errors import ApiError
from ballast_sdk.options import Clock, Options, machine_ms
from ballast_sdk.retrying import Tries
from ballast_sdk.signing import ApiKey, Login, fresh_id, signed_headers

SESSION_COOKIE = "sessionid"
CSRF_COOKIE = "csrftoken"
IDLE_SECONDS = 3.0  # servers close what is idle for 5 s: a request that meets that has an unknown outcome

Credentials = ApiKey | Login | None


class Send(Protocol):
    def __call__(self, call: Call[T]) -> T: ...


class AsyncSend(Protocol):
    async def __call__(self, call: Call[T]) -> T: ...


class Group:
    """The operations of one subject."""

    def __init__(self, send: Send) -> None:
        self._send = send


class AsyncGroup:
    """The operations of one subject."""

    def __init__(self, send: AsyncSend) -> None:
        self._send = send


class _Requests:
    """What both kinds of senders share: how a call becomes a request, and the clock it is signed with."""

    def __init__(self, url: str, credentials: Credentials, options: Options) -> None:
        self.origin = httpx.URL(url)
        if self.origin.raw_path != b"/":
            raise ValueError("The URL is that of the house, without a path.")
        self.options = options
        self.clock = Clock()
        self._credentials = credentials
        self._limits = httpx.Limits(
            max_connections=options.connections,
            max_keepalive_connections=options.connections,
            keepalive_expiry=IDLE_SECONDS,
        )

    def request(self, call: Call[T]) -> httpx.Request:
        content = call.content()
        request = httpx.Request(
            call.method, self.origin.copy_with(raw_path=call.target().encode()), content=content
        )
        request.headers["Accept"] = call.media_type
        if content:
            request.headers["Content-Type"] = "application/json"
        if call.idempotency_key:
            request.headers["Idempotency-Key"] = call.idempotency_key
        if call.signed:
            request.headers.update(self._proof(call.method, request, content))
        request.extensions["timeout"] = httpx.Timeout(self.options.timeout_seconds).as_dict()
        return request

    def _proof(self, method: str, request: httpx.Request, content: bytes) -> dict[str, str]:
        credentials = self._credentials
        if isinstance(credentials, ApiKey):
            return signed_headers(
                credentials,
                method=method,
                target=request.url.raw_path.decode("ascii"),
                body=content,
                timestamp_ms=self.clock.now_ms(),
                nonce=fresh_id(),
                window_ms=self.options.window_ms,
            )
        if isinstance(credentials, Login):
            return self._login(credentials)
        return {}  # the house says that a key is needed

    def _login(self, login: Login) -> dict[str, str]:
        prefix = "__Host-" if self.origin.scheme == "https" else ""
        cookies = f"{prefix}{SESSION_COOKIE}={login.session}; {prefix}{CSRF_COOKIE}={login.csrf_token}"
        return {"Cookie": cookies, "X-CSRFToken": login.csrf_token, "Origin": str(self.origin).rstrip("/")}

    def corrects_the_clock(self, error: ApiError) -> bool:
        """Whether a refusal says that this machine's clock is wrong, and what would be right."""
        server_ms = error.details.get("server_time_ms")
        if error.code != "TIMESTAMP" or not isinstance(server_ms, int):
            return False
        now = machine_ms()
        self.clock.learn(server_ms, sent_ms=now, received_ms=now)
        return True


class Sender(_Requests):
    """Blocks. One may be used by several threads."""

    def __init__(self, url: str, credentials: Credentials, options: Options) -> None:
        super().__init__(url, credentials, options)
        self._http = httpx.Client(limits=self._limits)

    def __call__(self, call: Call[T]) -> T:
        tries = Tries(call, self.options)
        may_correct = True
        while True:
            try:
                return read(call, self._http.send(self.request(call)))
            except httpx.TransportError as error:
                wait = tries.broken(error)
            except ApiError as error:
                if may_correct and self.corrects_the_clock(error):
                    may_correct = False
                    continue
                wait = tries.refused(error)
            time.sleep(wait)

    def close(self) -> None:
        self._http.close()


class AsyncSender(_Requests):
    """For one event loop."""

    def __init__(self, url: str, credentials: Credentials, options: Options) -> None:
        super().__init__(url, credentials, options)
        self._http = httpx.AsyncClient(limits=self._limits)

    async def __call__(self, call: Call[T]) -> T:
        tries = Tries(call, self.options)
        may_correct = True
        while True:
            try:
                return read(call, await self._http.send(self.request(call)))
            except httpx.TransportError as error:
                wait = tries.broken(error)
            except ApiError as error:
                if may_correct and self.corrects_the_clock(error):
                    may_correct = False
                    continue
                wait = tries.refused(error)
            await asyncio.sleep(wait)

    async def aclose(self) -> None:
        await self._http.aclose()
