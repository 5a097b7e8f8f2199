"""JSON-RPC as Bitcoin Core speaks it: single calls and batches, a name and password or a cookie file.

Says what was answered and what was refused; what an answer means is the caller's.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from custody.chains.checking import decoded, malformed
from custody.chains.source import MAX_DETAIL, ChainUnavailable, ChainUnfit
from custody.chains.transport import Answer, Transport

SMALL = 256 * 1024  # bytes of an answer that is a few values
MAX_BATCH = 100
_MAX_COOKIE = 1024
_WITH_BODY = {200, 400, 404, 500}  # Core answers a refused call with one of these, and says why
_UNAUTHORIZED = {401, 403}
_NEVER_CALLED = -32601

Call = tuple[str, tuple[Any, ...]]


class RpcRefused(Exception):
    """The node understood the call and says no."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Login:
    """A user and password, or a file of Core's that holds both and changes with each of its starts."""

    user: str = ""
    password: str = ""
    cookie: Path | None = None

    def headers(self) -> dict[str, str]:
        text = self._cookie() if self.cookie else f"{self.user}:{self.password}"
        return {"Authorization": "Basic " + b64encode(text.encode()).decode()}

    def _cookie(self) -> str:
        assert self.cookie is not None
        try:
            with self.cookie.open(encoding="utf-8") as file:
                return file.read(_MAX_COOKIE).strip()
        except (OSError, ValueError) as error:
            raise ChainUnavailable(f"the cookie file: {type(error).__name__}") from error


class JsonRpc:
    """Raises ChainFailure; `call` also RpcRefused."""

    def __init__(self, address: str, path: str, login: Login, timeout_s: float) -> None:
        self._transport = Transport(address, timeout_s)
        self._path = path
        self._login = login

    def call(self, method: str, *params: Any, limit: int = SMALL, patience: int = 1) -> Any:
        answer = self._post(_request(0, (method, params)), limit, patience)
        value = _outcome(_whole(answer), 0)
        if isinstance(value, RpcRefused):
            raise value
        return value

    def batch(
        self, calls: Sequence[Call], *, limit: int = SMALL, patience: int = 1
    ) -> list[Any | RpcRefused]:
        """The results in the order of the calls; a refusal is returned in its place."""
        assert 0 < len(calls) <= MAX_BATCH
        requests = [_request(number, one) for number, one in enumerate(calls)]
        answers = _whole(self._post(requests, limit, patience))
        if not isinstance(answers, list) or len(answers) != len(calls):
            raise malformed("no answer to each call of a batch")
        by_number = {_number(one): one for one in answers}
        return [_outcome(by_number.get(number), number) for number in range(len(calls))]

    def close(self) -> None:
        self._transport.close()

    def _post(self, request: object, limit: int, patience: int) -> Answer:
        headers = {"Content-Type": "application/json", **self._login.headers()}
        body = msgspec.json.encode(request)
        return self._transport.post(self._path, body, headers, limit=limit, patience=patience)


def _request(number: int, call: Call) -> dict[str, object]:
    method, params = call
    return {"jsonrpc": "1.0", "id": number, "method": method, "params": params}


def _whole(answer: Answer) -> Any:
    if answer.status in _UNAUTHORIZED:
        raise ChainUnavailable("the node does not accept the user and password")
    if answer.status not in _WITH_BODY:
        raise ChainUnavailable(f"status {answer.status}")
    try:
        return decoded(answer.body)
    except ChainUnfit:
        if answer.status == 200:
            raise
        raise ChainUnavailable(f"status {answer.status} without a word") from None


def _outcome(answer: object, number: int) -> Any | RpcRefused:
    if not isinstance(answer, dict) or answer.get("id") != number:
        raise malformed("no answer to the call")
    error = answer.get("error")
    if error is not None:
        return _refusal(error)
    if "result" not in answer:
        raise malformed("neither a result nor an error")
    return answer["result"]


def _number(answer: object) -> int | None:
    number = answer.get("id") if isinstance(answer, dict) else None
    return number if type(number) is int else None


def _refusal(error: object) -> RpcRefused:
    if not isinstance(error, dict):
        raise malformed("an error that is none")
    code, message = error.get("code"), error.get("message")
    if type(code) is not int or not isinstance(message, str):
        raise malformed("an error that is none")
    if code == _NEVER_CALLED:
        raise malformed("a node without a call that is needed")
    return RpcRefused(code, message[:MAX_DETAIL])
