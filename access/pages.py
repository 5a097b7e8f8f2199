"""Everything that is not the API: the admin, the pages and static files, served by Django over the bridge."""

from access.bridge import Bridge, environ_of, send_response
from access.errors import DomainError
from access.limits import Bucket, Limits, block_of
from access.messages import (
    ClientGone,
    Head,
    Receive,
    Scope,
    Send,
    discard_body,
    encoded,
    read_body,
    read_head,
    send_whole,
)

MAX_PAGE_BODY_BYTES = 2_500_000
LOGIN_PATH = "/admin/login/"
# Per address and not per account, so that nobody can lock another out: one every six seconds, ten at once.
LOGIN_COST = 6
LOGIN_TOKENS = (1, 60)
_TEXT = (b"content-type", b"text/plain; charset=utf-8")


class Pages:
    def __init__(self, bridge: Bridge, limits: Limits) -> None:
        self._bridge = bridge
        self._limits = limits

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> int:
        """Gives the status; 0 where the client went away."""
        try:
            head = read_head(scope)
            if head.path == LOGIN_PATH and head.method == "POST":
                await self._count_login(head)
            body = await read_body(head, receive, MAX_PAGE_BODY_BYTES)
            environ = environ_of(scope, body, head.ip, head.scheme)
            response = await self._bridge.call(environ)
            await send_response(send, receive, response)
        except ClientGone:
            return 0
        except DomainError as error:
            await discard_body(receive)
            headers = [_TEXT, *encoded(error.headers()), (b"connection", b"close")]
            await send_whole(send, error.status, headers, f"{error.message}\n".encode())
            return error.status
        return response.status

    async def _count_login(self, head: Head) -> None:
        bucket = Bucket(f"login:{block_of(head.ip)}", *LOGIN_TOKENS)
        await self._limits.admit(bucket, cost=LOGIN_COST, nonce="", is_safe=True)
