"""Methods of the websocket API that are about the connection itself: session.* and userDataStream.*."""

from collections.abc import Awaitable, Callable

from access.http import Scope
from exchange.compat.binance import signing
from exchange.compat.binance.operations import Call, Operation, Security
from exchange.compat.binance.parameters import Parameter, whole
from exchange.compat.binance.spot.socket_session import Answer, Session, check_scope

SESSION_WEIGHT = 2

Run = Callable[[Session, Call, bool], Awaitable[Answer]]


async def _ping(session: Session, call: Call, shows_limits: bool) -> Answer:
    return Answer({})


async def _log_on(session: Session, call: Call, shows_limits: bool) -> Answer:
    await session.log_on(call.caller)
    return Answer(session.status(shows_limits=shows_limits))


async def _status(session: Session, call: Call, shows_limits: bool) -> Answer:
    return Answer(session.status(shows_limits=shows_limits))


async def _log_out(session: Session, call: Call, shows_limits: bool) -> Answer:
    session.log_out()
    return Answer(session.status(shows_limits=shows_limits))


async def _subscriptions(session: Session, call: Call, shows_limits: bool) -> Answer:
    return Answer([{"subscriptionId": number} for number in session.numbers])


async def _subscribe(session: Session, call: Call, shows_limits: bool) -> Answer:
    if session.identity is None:
        raise signing.key_required()
    check_scope(session.identity.caller, Scope.READ)
    return await session.listen(session.identity.caller, by_logon=True)


async def _subscribe_signed(session: Session, call: Call, shows_limits: bool) -> Answer:
    return await session.listen(call.caller, by_logon=False)


async def _unsubscribe(session: Session, call: Call, shows_limits: bool) -> Answer:
    wanted = call.values["subscriptionId"]
    for number in session.numbers if wanted is None else [wanted]:
        session.end(number)
    return Answer({})


def _never(call: Call) -> object:
    raise AssertionError("it is the connection's affair")


def _of_session(
    method: str,
    security: Security = Security.NONE,
    scope: Scope | None = None,
    parameters: tuple[Parameter, ...] = (),
    weight: int = SESSION_WEIGHT,
) -> Operation:
    return Operation(
        f"binance.{method}",
        _never,
        socket=method,
        security=security,
        scope=scope,
        parameters=parameters,
        weight=weight,
    )


_NUMBER = Parameter("subscriptionId", whole())
SESSION_METHODS: dict[str, tuple[Operation, Run]] = {
    operation.socket or "": (operation, run)
    for operation, run in (
        (_of_session("ping", weight=1), _ping),
        (_of_session("session.logon", Security.SIGNED), _log_on),
        (_of_session("session.status"), _status),
        (_of_session("session.logout"), _log_out),
        (_of_session("session.subscriptions"), _subscriptions),
        (_of_session("userDataStream.subscribe"), _subscribe),
        (
            _of_session("userDataStream.subscribe.signature", Security.SIGNED, Scope.READ),
            _subscribe_signed,
        ),
        (_of_session("userDataStream.unsubscribe", parameters=(_NUMBER,)), _unsubscribe),
    )
}
