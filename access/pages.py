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
# What guesses or makes a mail go out, by the bucket that it takes from. Per address and not per account, so
# that nobody can lock another out: one every six seconds, ten at once.
GUARDED = {
    LOGIN_PATH: "login",
    "/login": "login",
    "/login/code": "login",
    "/signup": "signup",
    "/password/forgot": "mail",
    "/account/email": "mail",
    "/account/security/password": "login",
}
_RESET_PREFIX = "/password/reset/"
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
            await self._count(head)
            body = await read_body(head, receive, MAX_PAGE_BODY_BYTES)
            environ = environ_of(scope, body, head.ip, head.scheme)
            response = await self._bridge.call(environ)
            await send_response(send, receive, response)
        except ClientGone:
            return 0
        except DomainError as error:
            await discard_body(receive)
            headers = [_TEXT, *encoded(error.headers()), (b"connection", b"close")]
            await send_whole(send, error.status, headers, _words(error).encode())
            return error.status
        return response.status

    async def _count(self, head: Head) -> None:
        kind = "login" if head.path.startswith(_RESET_PREFIX) else GUARDED.get(head.path)
        if kind is None or head.method != "POST":
            return
        bucket = Bucket(f"{kind}:{block_of(head.ip)}", *LOGIN_TOKENS)
        await self._limits.admit(bucket, cost=LOGIN_COST, nonce="", is_safe=True)


def _words(error: DomainError) -> str:
    wait = error.details.get("retry_after")
    return f"{error.message} Try again in {wait} s.\n" if wait else f"{error.message}\n"
