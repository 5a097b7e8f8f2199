"""The websocket API `/ws-api/v3`: every operation of the surface by its method, each answered by its id.

Requests are carried out side by side; what goes to an engine enters its queue in the row in which it came.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl

from access.http import SAFE_METHODS
from access.messages import Head
from access.sockets.connection import POLICY, Connection, Job
from access.sockets.consumer import HEAD
from access.sockets.dialect import SocketLimits
from access.sockets.errors import TooManyInFlight
from access.sockets.frames import Frame, encode
from exchange.compat.binance import refusals, signing
from exchange.compat.binance.admission import Visit, admit
from exchange.compat.binance.front import run
from exchange.compat.binance.limits import NOTHING_COUNTED, Counted, LimitReached, Limits, shared_limits
from exchange.compat.binance.operations import Call, Operation, Security, Surface
from exchange.compat.binance.parameters import Raw, flag
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.sockets.consumer import BinanceConsumer
from exchange.compat.binance.sockets.dialect import LIFE_SECONDS, BinanceDialect, now_ms, server_shutdown
from exchange.compat.binance.sockets.parameters import invalid_json, raw_of
from exchange.compat.binance.sockets.requests import Misshapen, NotJson, Request, read_request
from exchange.compat.binance.spot.socket_methods import SESSION_METHODS, Run
from exchange.compat.binance.spot.socket_session import Session, admit_by_session
from exchange.compat.binance.spot.table import SPOT
from exchange.compat.binance.translation import refusal_of

logger = logging.getLogger(__name__)

API_KEY = "apiKey"
SHOWS_LIMITS = "returnRateLimits"
CONNECTION_WEIGHT = 2
BANNED = 418
SOCKET_LIMITS = SocketLimits(life_seconds=LIFE_SECONDS)  # what is asked has a weight; that is the limit


class SpotApiDialect(BinanceDialect):
    """Of one connection. `shows_limits`: what is said where a request says nothing."""

    limits = SOCKET_LIMITS

    def __init__(self, surface: Surface, limits: Limits, *, shows_limits: bool) -> None:
        self._surface = surface
        self._limits = limits
        self._shows_limits = shows_limits
        self._session: Session | None = None

    async def receive(self, connection: Connection, text: str) -> None:
        session = self._session = self._session or Session(connection)
        reading = _Reading(connection, self._limits, self._shows_limits)
        try:
            reading.read(text)
            await self._carry_out(session, reading)
        except Exception as error:  # noqa: BLE001 (whatever it is, the client gets an answer)
            await reading.count()
            reading.send(reading.refused(error))

    async def _carry_out(self, session: Session, reading: "_Reading") -> None:
        about_itself = SESSION_METHODS.get(reading.method)
        if about_itself is not None:
            await self._answer_itself(session, reading, *about_itself)
            return
        operation = self._surface.by_method.get(reading.method)
        if operation is None:
            raise refusals.not_served()
        reading.connection.take_in(_job(session, reading, operation))

    async def _answer_itself(
        self, session: Session, reading: "_Reading", operation: Operation, answer: Run
    ) -> None:
        """In its turn: what comes after it has another session."""
        reading.visit = visit = reading.visiting(operation)
        call = await admit(visit)
        answered = await answer(session, call, reading.shows_limits)
        reading.send(reading.answered(answered.result))
        if answered.then is not None:
            answered.then()

    def answer(self, number: object, result: object) -> Frame:
        assert isinstance(result, bytes), "a job gives its frame"
        return result

    def refusal(self, number: object, error: Exception) -> Frame:
        return _refusal_frame(number, _worded(error), NOTHING_COUNTED, shows_limits=False)

    def is_refusal(self, error: Exception) -> bool:
        return _worded(error).status != 500

    def shutdown(self) -> Frame:
        return encode({"event": server_shutdown()})


class _Reading:
    """One message from its text to its answer."""

    def __init__(self, connection: Connection, limits: Limits, shows_limits: bool) -> None:
        self.connection = connection
        self.shows_limits = shows_limits
        self.number: object = None
        self.method = ""
        self.visit: Visit | None = None
        self._limits = limits
        self._raw: Raw = {}

    def read(self, text: str) -> None:
        """Raises NotJson, Misshapen, Refusal."""
        request: Request = read_request(text)
        self.number, self.method = request.number, request.method
        self._raw = raw_of(request.params)
        if SHOWS_LIMITS in self._raw:
            self.shows_limits = flag(SHOWS_LIMITS, self._raw[SHOWS_LIMITS])

    @property
    def has_key(self) -> bool:
        return API_KEY in self._raw or signing.SIGNATURE in self._raw

    def visiting(self, operation: Operation) -> Visit:
        """Raises Refusal."""
        visit = self.visiting_by_session(operation, self._raw.get(API_KEY, ""))
        if operation.security is not Security.NONE and not visit.key:
            raise signing.key_required()
        if operation.security is Security.SIGNED:
            visit.signed = signing.signed_members(self._raw)
            visit.connection = self.connection.connection_id if operation.http is None else ""
        return visit

    def visiting_by_session(self, operation: Operation, key: str) -> Visit:
        return Visit(
            self.connection.gate,
            self._limits,
            self.connection.head,
            operation,
            self._raw,
            key=key,
            on_socket=True,
        )

    async def count(self) -> None:
        """What was refused before it was anybody's request has a weight too; too many of them are a ban."""
        if self.visit is None:
            ip = self.connection.head.ip
            try:
                await self._limits.count(ip, 0, 1, 0)
            except LimitReached as reached:
                if reached.status == BANNED:
                    self.connection.close(POLICY, "banned")

    def answered(self, result: object) -> Frame:
        answer = {"id": self.number, "status": 200, "result": result}
        return encode({**answer, **_limits_shown(self._counted, self.shows_limits)})

    def refused(self, error: Exception) -> Frame:
        refusal = _worded(error, None if self.visit is None else self.visit.operation)
        number = error.number if isinstance(error, Misshapen) else self.number
        if refusal.status == 500:
            logger.error("%s failed", self.method, exc_info=error)
        if refusal.status == BANNED:
            self.connection.close(POLICY, "banned")
        return _refusal_frame(number, refusal, self._counted, shows_limits=self.shows_limits)

    def send(self, frame: Frame) -> None:
        self.connection.send(frame)

    @property
    def _counted(self) -> Counted:
        return NOTHING_COUNTED if self.visit is None else self.visit.counted


def _job(session: Session, reading: _Reading, operation: Operation) -> Job:
    """Raises Refusal."""
    key = None if operation.security is Security.NONE or reading.has_key else session.api_key
    visit = reading.visiting(operation) if key is None else reading.visiting_by_session(operation, key)
    reading.visit = visit

    async def let_in() -> Call | Exception:
        try:
            return await (admit(visit) if key is None else admit_by_session(visit))
        except Exception as error:  # noqa: BLE001 (it is worded where the request is answered)
            return error

    async def carry_out(admitted: Call | Exception, queued: Callable[[], None]) -> Frame:
        try:
            if isinstance(admitted, Exception):
                raise admitted
            return reading.answered(await run(operation, _in_its_turn(operation, admitted, queued)))
        except Exception as error:  # noqa: BLE001 (whatever it is, the client gets an answer)
            return reading.refused(error)

    return Job(reading.number, let_in, carry_out)


def _in_its_turn(operation: Operation, call: Call, queued: Callable[[], None]) -> Call:
    """What only reads holds nobody up; what is sent lets the next one go once it stands in the queue."""
    line = operation.http
    if operation.security is not Security.SIGNED or line is None or line[0] in SAFE_METHODS:
        queued()
        return call
    return replace(call, sender=lambda: replace(call.sender(), queued=queued))


def _worded(error: Exception, operation: Operation | None = None) -> Refusal:
    if isinstance(error, NotJson):
        return invalid_json()
    if isinstance(error, Misshapen):
        return refusals.mandatory(error.member) if error.is_missing else refusals.invalid_data(error.member)
    if isinstance(error, TooManyInFlight):
        return Refusal(-1003, "Too many requests queued.", status=429, retry_after=1)
    return refusal_of(error, operation)


def _refusal_frame(number: object, refusal: Refusal, counted: Counted, *, shows_limits: bool) -> Frame:
    content = refusal.content()
    if refusal.retry_after is not None and refusal.data is None:
        told_ms = now_ms()
        content["data"] = {"serverTime": told_ms, "retryAfter": told_ms + refusal.retry_after * 1_000}
    answer = {"id": number, "status": refusal.status, "error": content}
    return encode({**answer, **_limits_shown(counted, shows_limits)})


def _limits_shown(counted: Counted, shows_limits: bool) -> dict[str, object]:
    if not shows_limits or counted is NOTHING_COUNTED:
        return {}
    return {"rateLimits": counted.rate_limits()}


class SpotApiConsumer(BinanceConsumer):
    async def open_dialect(self) -> SpotApiDialect:
        """Raises Refusal."""
        head: Head = self.scope[HEAD]
        limits = shared_limits()
        shown = dict(parse_qsl(head.raw_query.decode("ascii", "replace"))).get(SHOWS_LIMITS, "true")
        await limits.count(head.ip, 0, CONNECTION_WEIGHT, 0)
        return SpotApiDialect(SPOT, limits, shows_limits=flag(SHOWS_LIMITS, shown))
