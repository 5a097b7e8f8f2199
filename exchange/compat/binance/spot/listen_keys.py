"""Listen keys: names under which an account's own events can be listened to."""

from access.http import Scope
from exchange.compat.binance.operations import Call, Operation, Security
from exchange.compat.binance.parameters import Parameter
from exchange.compat.binance.spot.user_data.keys import (
    does_not_exist,
    end_key,
    extend_key,
    is_listen_key,
    take_key,
)


def _listen_key(name: str, text: str) -> str:
    if not is_listen_key(text):
        raise does_not_exist()
    return text


LISTEN_KEY = Parameter("listenKey", _listen_key, required=True)
WEIGHT = 2


async def _start(call: Call) -> object:
    return {"listenKey": await take_key(call.caller)}


async def _extend(call: Call) -> object:
    await extend_key(call.caller, call.values["listenKey"])
    return {}


async def _end(call: Call) -> object:
    await end_key(call.caller, call.values["listenKey"])
    return {}


OPERATIONS = (
    Operation(
        "binance.listen_key.start",
        _start,
        http=("POST", "/api/v3/userDataStream"),
        socket="userDataStream.start",
        security=Security.KEY,
        scope=Scope.READ,
        weight=WEIGHT,
    ),
    Operation(
        "binance.listen_key.extend",
        _extend,
        http=("PUT", "/api/v3/userDataStream"),
        socket="userDataStream.ping",
        security=Security.KEY,
        scope=Scope.READ,
        parameters=(LISTEN_KEY,),
        weight=WEIGHT,
    ),
    Operation(
        "binance.listen_key.end",
        _end,
        http=("DELETE", "/api/v3/userDataStream"),
        socket="userDataStream.stop",
        security=Security.KEY,
        scope=Scope.READ,
        parameters=(LISTEN_KEY,),
        weight=WEIGHT,
    ),
)
