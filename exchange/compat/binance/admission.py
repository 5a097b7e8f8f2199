"""Who asks, and whether this request may: parameters, key, signature, permission, weight and orders.

HTTP and the websocket API both admit by it; they differ in what a signature covers and where it stands.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from access.admission import KEY_PATTERN, Gate
from access.http import SAFE_METHODS, Caller, Scope
from access.key_errors import InvalidKey
from access.messages import Head
from access.selectors import KeyRecord
from exchange.compat.binance import refusals, signing
from exchange.compat.binance.limits import NOTHING_COUNTED, Counted, CountedRefusal, Limits
from exchange.compat.binance.operations import Call, Operation, Security
from exchange.compat.binance.parameters import Raw, Values, read_values
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.windows import NO_PROOF, Proof
from exchange.sending import Sender

NS_PER_US = US_PER_MS = 1_000
KEPT_LONGER_MS = 1_000  # than a text is good: Redis and the web processes have clocks of their own
_NAMESPACE = UUID("5c0e57c4-3a8e-4f0c-9a0a-62696e616e63")


@dataclass(slots=True)
class Visit:
    """One request while it is being answered. `key` is the name of a key, `signed` what a signature covers.

    `connection` is what the request makes speak or listen for somebody from then on; "" for one that is over
    with its answer. `counted` is what it was counted as, also where it is refused.
    """

    gate: Gate
    limits: Limits
    head: Head
    operation: Operation
    raw: Raw = field(default_factory=dict)
    key: str = ""
    signed: bytes = b""
    on_socket: bool = False
    connection: str = ""
    counted: Counted = NOTHING_COUNTED

    @property
    def is_safe(self) -> bool:
        line = self.operation.http
        return not self.connection if line is None else line[0] in SAFE_METHODS

    @property
    def purpose(self) -> str:
        """What a signed text may be used for once more: a change for the very same, with the same outcome; a
        connection's power for that connection. Reads are for whatever reads."""
        if self.connection:
            return f"{self.operation.name}:{self.connection}"
        return "" if self.operation.scope is Scope.READ else self.operation.name

    async def count(self, account: int, weight: int, orders: int, proof: Proof = NO_PROOF) -> Counted:
        return await self._count(account, weight, orders, self.is_safe, proof)

    async def count_refused(self) -> None:
        """Whatever was asked has a weight."""
        if self.counted is NOTHING_COUNTED:
            await self._count(0, 1, 0, True, NO_PROOF)

    async def _count(self, account: int, weight: int, orders: int, is_safe: bool, proof: Proof) -> Counted:
        try:
            self.counted = await self.limits.count(
                self.head.ip, account, weight, orders, is_safe=is_safe, proof=proof
            )
        except CountedRefusal as refusal:
            self.counted = refusal.counted
            raise
        return self.counted


async def admit(visit: Visit, admission: Callable[[Visit], Awaitable[Call]] | None = None) -> Call:
    """By what `visit` brings, or by another `admission`. Raises Refusal, and what the gate raises."""
    try:
        return await (admission or _admit)(visit)
    except Refusal:
        await visit.count_refused()
        raise


async def _admit(visit: Visit) -> Call:
    operation = visit.operation
    now_us = time.time_ns() // NS_PER_US
    if operation.security is Security.SIGNED:
        return await _signed(visit, now_us)
    values = values_of(visit)
    weight = operation.weight_of(values, on_socket=visit.on_socket)
    if operation.security is Security.KEY:
        caller = await identify(visit, weight)
    else:
        await visit.count(0, weight, 0)
        caller = Caller(0, 0, frozenset(), visit.head.ip)
    return Call(caller, values, now_us // US_PER_MS, "", _nobody, visit.counted)


async def _signed(visit: Visit, now_us: int) -> Call:
    _check_key(visit)
    deadline_us = signing.deadline_us(read_values(visit.raw, signing.STAMP), now_us)
    signature = visit.raw.get(signing.SIGNATURE, "")
    if not signature:
        raise refusals.mandatory(signing.SIGNATURE)
    values = values_of(visit)
    weight = visit.operation.weight_of(values, on_socket=visit.on_socket)
    # Of what was signed, not of the signature: there is more than one way to spell that.
    text = f"{visit.key}:{hashlib.sha256(visit.signed).hexdigest()}"
    good_ms = KEPT_LONGER_MS + (deadline_us - now_us) // US_PER_MS
    caller = await identify(visit, weight, signature, Proof(text, visit.purpose, good_ms))
    identity = f"{visit.operation.name}:{text}"

    def sender() -> Sender:
        return Sender(
            account=caller.user_id,
            deadline_ns=deadline_us * NS_PER_US,
            command_id=lambda shard, index: uuid5(_NAMESPACE, f"{shard}:{index}:{identity}"),
        )

    return Call(caller, values, now_us // US_PER_MS, identity, sender, visit.counted)


def values_of(visit: Visit) -> Values:
    """Raises Refusal."""
    values = read_values(visit.raw, visit.operation.parameters)
    if visit.operation.check is not None:
        visit.operation.check(values)
    return values


def _check_key(visit: Visit) -> None:
    if KEY_PATTERN.fullmatch(visit.key) is None:
        raise signing.bad_key_format()


async def identify(
    visit: Visit, weight: int, signature: str | None = None, proof: Proof = NO_PROOF
) -> Caller:
    """Whose key the visit's is, and that it may, as of now. `signature` None: none is asked for.

    Raises Refusal, and what the gate raises.
    """
    _check_key(visit)
    operation, head = visit.operation, visit.head

    def check(record: KeyRecord) -> None:
        """In this order, so that only who holds the secret learns what the key may do."""
        if record.expires_at is not None and record.expires_at.timestamp() <= time.time():
            raise signing.not_permitted()
        if signature is not None:
            signing.check_signature(record, visit.signed, signature)
        lacks_scope = operation.scope is not None and operation.scope not in record.scopes
        if lacks_scope or not record.allows(head.ip):
            raise signing.not_permitted()

    async def take(record: KeyRecord) -> Counted:
        return await visit.count(record.user_id, weight, operation.orders, proof)

    try:
        caller, _ = await visit.gate.identify(visit.key, head, check, take)
    except InvalidKey:
        raise signing.not_permitted() from None
    return caller


def _nobody() -> Sender:
    raise AssertionError("only a signed request sends")
