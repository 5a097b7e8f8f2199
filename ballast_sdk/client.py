"""The whole API as one object, blocking or for asyncio; what it can do stands in `operations`."""

from types import TracebackType
from typing import Self

from ballast_sdk.async_operations import AsyncOperations
from ballast_sdk.operations import Operations
from ballast_sdk.options import Options, machine_ms
from ballast_sdk.sending import AsyncSender, Credentials, Sender
from ballast_sdk.signing import ApiKey, Login, Secret


def credentials_of(key: str, secret: Secret, login: Login | None) -> Credentials:
    if bool(key) != bool(secret) or (key and login):
        raise ValueError("Give a key with its secret, or a login, or nothing.")
    return ApiKey(key, secret) if key else login


class Client(Operations):
    """The house at `url`, spoken to as the owner of an API key, with a login's session, or as anybody.

    Blocks, and may be shared by threads. `secret` is an HMAC key's text or an Ed25519 private key
    (`signing.private_key` reads one from PEM).
    """

    def __init__(
        self,
        url: str,
        *,
        key: str = "",
        secret: Secret = "",
        login: Login | None = None,
        options: Options = Options(),  # noqa: B008 (frozen)
    ) -> None:
        self._sender = Sender(url, credentials_of(key, secret, login), options)
        super().__init__(self._sender)

    @property
    def clock_offset_ms(self) -> int:
        """How far this machine's clock is behind that of the house, as far as is known."""
        return self._sender.clock.offset_ms

    def synchronize(self) -> None:
        """Ask for the time and sign by it from now on. A refusal for a wrong time does the same by itself."""
        sent_ms = machine_ms()
        server_ms = self.general.time()
        self._sender.clock.learn(server_ms, sent_ms=sent_ms, received_ms=machine_ms())

    def close(self) -> None:
        self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(AsyncOperations):
    """As `Client`, for one event loop of asyncio."""

    def __init__(
        self,
        url: str,
        *,
        key: str = "",
        secret: Secret = "",
        login: Login | None = None,
        options: Options = Options(),  # noqa: B008 (frozen)
    ) -> None:
        self._sender = AsyncSender(url, credentials_of(key, secret, login), options)
        super().__init__(self._sender)

    @property
    def clock_offset_ms(self) -> int:
        """How far this machine's clock is behind that of the house, as far as is known."""
        return self._sender.clock.offset_ms

    async def synchronize(self) -> None:
        """Ask for the time and sign by it from now on. A refusal for a wrong time does the same by itself."""
        sent_ms = machine_ms()
        server_ms = await self.general.time()
        self._sender.clock.learn(server_ms, sent_ms=sent_ms, received_ms=machine_ms())

    async def close(self) -> None:
        await self._sender.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
