"""Everything that is not the API: the admin, the pages and static files, served by Django over the bridge."""

from html import escape

from access.bridge import Bridge, environ_of, send_response
from access.errors import DomainError
from access.limits import Bucket, Limits, block_of
from access.messages import (
    ClientGone,
    Head,
    Headers,
    Receive,
    Scope,
    Send,
    discard_body,
    encoded,
    read_body,
    read_head,
    send_whole,
)
from access.request_lines import REQUEST_ID_HEADER
from logs.context import current_request_id

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
_HTML = (b"content-type", b"text/html; charset=utf-8")
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_SLOWED = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="color-scheme" content="dark light">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Too many tries</title>
<h1>Too many tries from your network</h1>
<p>Wait for {wait} s, then try again. Nobody is locked out by this.</p>
<p><a href="{path}">Back to the form</a></p></html>
"""


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
            response.headers.append((REQUEST_ID_HEADER, current_request_id().encode()))
            await send_response(send, receive, response)
        except ClientGone:
            return 0
        except DomainError as error:
            await discard_body(receive)
            wants_page = "text/html" in dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
            headers, text = _page(error, scope) if wants_page else ([_TEXT], _words(error))
            headers += [*encoded(error.headers()), (b"connection", b"close")]
            headers.append((REQUEST_ID_HEADER, current_request_id().encode()))
            await send_whole(send, error.status, headers, text.encode())
            return error.status
        return response.status

    async def _count(self, head: Head) -> None:
        kind = "login" if head.path.startswith(_RESET_PREFIX) else GUARDED.get(head.path)
        if kind is None or head.method != "POST":
            return
        bucket = Bucket(f"{kind}:{block_of(head.ip)}", *LOGIN_TOKENS)
        await self._limits.admit(bucket, cost=LOGIN_COST, nonce="", is_safe=True)


def _page(error: DomainError, scope: Scope) -> tuple[Headers, str]:
    """For a person in front of a form; whatever else is refused here no browser sends."""
    wait = error.details.get("retry_after")
    if wait is None:
        return [_TEXT], _words(error)
    return [_HTML, _POLICY], _SLOWED.format(wait=wait, path=escape(scope["path"]))


def _words(error: DomainError) -> str:
    wait = error.details.get("retry_after")
    return f"{error.message} Try again in {wait} s.\n" if wait else f"{error.message}\n"
