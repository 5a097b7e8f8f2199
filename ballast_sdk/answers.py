"""What stands in an answer: the declared type, or the refusal of the one envelope."""

from typing import Any

import httpx
import msgspec

from ballast_sdk.calls import Call, T
from ballast_sdk.errors import ApiError, UnreadableAnswer

_FIXED = ("code", "message", "field", "request_id")


def read(call: Call[T], response: httpx.Response) -> T:
    """Raises ApiError for a refusal."""
    if not response.is_success:
        raise refusal(response)
    if response.status_code not in call.answers:
        raise UnreadableAnswer(f"{call.operation}: status {response.status_code} is not declared.")
    kind = call.answers[response.status_code]
    try:
        answer: T = _content(response.content, kind, call.member)
    except (msgspec.MsgspecError, KeyError, UnicodeDecodeError) as error:
        raise UnreadableAnswer(f"{call.operation}: {error}") from error
    return answer


def _content(content: bytes, kind: Any, member: str) -> Any:
    if kind is None or kind is bytes:
        return content if kind is bytes else None
    if member:
        content = msgspec.json.decode(content, type=dict[str, msgspec.Raw])[member]
    return msgspec.json.decode(content, type=kind)


def refusal(response: httpx.Response) -> ApiError:
    """What did not come from the house itself, a proxy's page for one, is HTTP_ and the status."""
    wait = response.headers.get("retry-after", "")
    retry_after = float(wait) if wait.isdecimal() else None
    try:
        members = msgspec.json.decode(response.content, type=dict[str, dict[str, Any]])["error"]
        return error_of(members, status=response.status_code, retry_after=retry_after)
    except (msgspec.MsgspecError, KeyError):
        code = f"HTTP_{response.status_code}"
        return ApiError(code, status=response.status_code, retry_after=retry_after)


def error_of(members: dict[str, Any], *, status: int = 0, retry_after: float | None = None) -> ApiError:
    """The error of an envelope, of a result of a batch, or of a frame."""
    details = {name: value for name, value in members.items() if name not in _FIXED}
    if retry_after is None and isinstance(details.get("retry_after"), int):
        retry_after = float(details["retry_after"])
    return ApiError(
        str(members["code"]),
        str(members.get("message", "")),
        status=status,
        field=str(members.get("field", "")),
        request_id=str(members.get("request_id", "")),
        details=details,
        retry_after=retry_after,
    )
