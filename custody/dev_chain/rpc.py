"""JSON-RPC as Bitcoin Core speaks it: which call is meant, with what, and how the answer is worded."""

import inspect
import logging
from collections.abc import Callable
from typing import Any

from custody.dev_chain import calls_chain, calls_miner, calls_transactions
from custody.dev_chain.encoding import decode, encode
from custody.dev_chain.errors import ChainError, Code
from custody.dev_chain.node import DevNode

logger = logging.getLogger(__name__)

_MOST_IN_BATCH = 200
_STATUS = {Code.METHOD_NOT_FOUND: 404, Code.INVALID_REQUEST: 400}
_CALLS: dict[str, Callable[..., Any]] = {
    call.__name__: call for call in (*calls_chain.CALLS, *calls_transactions.CALLS, *calls_miner.CALLS)
}


def answer(node: DevNode, body: bytes) -> tuple[int, str]:
    """The status of HTTP and the text. In the words of 1.0 an error of one call has a status."""
    try:
        asked = decode(body)
    except (ValueError, RecursionError):
        return 500, encode(_reply(None, False, ChainError(Code.PARSE, "Parse error")))
    if isinstance(asked, list):
        if not 0 < len(asked) <= _MOST_IN_BATCH:
            problem = ChainError(Code.INVALID_REQUEST, f"1 to {_MOST_IN_BATCH} calls in a batch")
            return 400, encode(_reply(None, False, problem))
        return 200, encode([_called(node, one)[1] for one in asked])
    status, reply = _called(node, asked)
    return status, encode(reply)


def _called(node: DevNode, asked: Any) -> tuple[int, dict[str, Any]]:
    number = asked.get("id") if isinstance(asked, dict) else None
    if not isinstance(number, str | int | None):
        number = None
    is_second = isinstance(asked, dict) and asked.get("jsonrpc") == "2.0"
    try:
        result = call(node, asked)
    except ChainError as error:
        status = 200 if is_second else _STATUS.get(error.code, 500)
        return status, _reply(number, is_second, error)
    except Exception:
        logger.exception("a call failed")
        return 500, _reply(number, is_second, ChainError(Code.INTERNAL, "Internal error"))
    return 200, _reply(number, is_second, result)


def call(node: DevNode, asked: Any) -> Any:
    """Carry out one call. Raises ChainError."""
    if not isinstance(asked, dict):
        raise ChainError(Code.INVALID_REQUEST, "Invalid Request object")
    name, given = asked.get("method"), asked.get("params")
    if not isinstance(name, str):
        raise ChainError(Code.INVALID_REQUEST, "Method must be a string")
    if name not in _CALLS:
        raise ChainError(Code.METHOD_NOT_FOUND, "Method not found")
    bound = _bound(_CALLS[name], node, [] if given is None else given)
    with node.lock:
        return _CALLS[name](*bound.args, **bound.kwargs)


def _bound(function: Callable[..., Any], node: DevNode, given: Any) -> inspect.BoundArguments:
    """By place or by name, as Core takes them. Where a place is null its default holds."""
    signature = inspect.signature(function)
    if not isinstance(given, list | dict):
        raise ChainError(Code.INVALID_REQUEST, "Params must be an array or object")
    names = list(signature.parameters)[1:]
    if isinstance(given, list):
        if len(given) > len(names):
            raise ChainError(Code.MISC, f"{function.__name__} takes {len(names)} arguments at most")
        given = dict(zip(names, given, strict=False))
    unknown = given.keys() - set(names)
    if unknown:
        raise ChainError(Code.PARAMETER, f"Unknown named parameter {min(unknown)[:40]}")
    optional = {name for name in names if signature.parameters[name].default is not inspect.Parameter.empty}
    given = {name: value for name, value in given.items() if value is not None or name not in optional}
    try:
        return signature.bind(node, **given)
    except TypeError:
        raise ChainError(Code.MISC, f"{function.__name__} ( {' '.join(names)} )") from None


def _reply(number: Any, is_second: bool, outcome: Any) -> dict[str, Any]:
    error = None
    if isinstance(outcome, ChainError):
        error, outcome = {"code": int(outcome.code), "message": outcome.reason}, None
    if not is_second:
        return {"result": outcome, "error": error, "id": number}
    said = {"result": outcome} if error is None else {"error": error}
    return {"jsonrpc": "2.0", **said, "id": number}
