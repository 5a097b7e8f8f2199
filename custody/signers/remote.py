"""A signer that is another process, reached over HTTP: messages are sealed both ways, answers checked.

An answer without the co-signer's seal says nothing: it may have signed or not.
"""

import ipaddress
import time
from typing import TypeVar

import httpcore
import httpx
import msgspec

from custody.bitcoin.encoding import plan_to_json
from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.plans import digest
from custody.bitcoin.scripts import script_at
from custody.bitcoin.signatures import check_signature
from custody.bitcoin.types import FixedKey, Role, SpendPlan
from custody.deadlines import BoundedBackend, Deadline
from custody.signers import wire
from custody.signers.policy import position_of
from custody.signers.seal import MIN_SECRET, SEAL_HEADER, is_answer_sealed, sealed
from custody.signers.signer import Refusal, SignerFacts, SignerRefused, SignerUnavailable
from logs.context import current_request_id

Answer = TypeVar("Answer", bound=msgspec.Struct)

CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 15.0
_FAILURES = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError, UnicodeError)


class RemoteSigner:
    def __init__(self, role: Role, url: str, secret: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        """Raises ValueError where the URL is not https beyond this machine, or the secret short."""
        refuse_open_line(url)
        if len(secret) < MIN_SECRET:
            raise ValueError(f"A co-signer's secret has at least {MIN_SECRET} characters.")
        self._role = role
        self._secret = secret
        self._answer_seconds = answer_seconds
        self._address = url.rstrip("/")
        # Without TLS there is nothing to load certificates for.
        self._context = httpcore.default_ssl_context() if url.startswith("https:") else None

    def describe(self) -> SignerFacts:
        try:
            told = wire.facts(self._asked("GET", "about", b"", wire.About))
        except wire.Malformed as error:
            raise SignerUnavailable(str(error)) from None
        if told.role is not self._role:
            raise SignerUnavailable("it is a signer of another role")
        return told

    def fixed_key(self, label: str) -> FixedKey:
        body = wire.written(wire.FixedKeyRequest(label))
        answer = self._asked("POST", "fixed-key", body, wire.FixedKeyAnswer)
        try:
            return FixedKey(bytes.fromhex(answer.public_key))
        except ValueError:
            raise SignerUnavailable("what it answers is no key") from None

    def sign(self, plan: SpendPlan, psbt: str) -> tuple[bytes, ...]:
        body = wire.written(wire.SignRequest(plan_to_json(plan), psbt))
        if len(body) > wire.MAX_REQUEST:
            raise SignerRefused(Refusal.FORMAT, "a plan too large to be sent")
        answer = self._asked("POST", "sign", body, wire.SignAnswer)
        return _checked(self._role, plan, answer.signatures)

    def journal(self, *, limit: int, before: int = 0) -> tuple[wire.Asked, ...]:
        """What it was asked, of all its roles, newest first; only below the number `before`, if given."""
        target = f"/v1/journal?limit={limit}" + (f"&before={before}" if before else "")
        return self._answered("GET", target, b"", wire.JournalPage).requests

    def _asked(self, method: str, deed: str, body: bytes, kind: type[Answer]) -> Answer:
        return self._answered(method, f"/v1/{self._role}/{deed}", body, kind)

    def _answered(self, method: str, target: str, body: bytes, kind: type[Answer]) -> Answer:
        envelope = sealed(self._secret, method, target, body, int(time.time()))
        status, seal, answer = self._exchange(method, target, body, envelope.headers())
        if not is_answer_sealed(self._secret, envelope.seal, status, answer, seal):
            raise SignerUnavailable(f"an answer ({status}) without the seal of the co-signer")
        try:
            if status == httpx.codes.OK:
                return wire.read(answer, kind)
            fault = wire.read(answer, wire.FaultAnswer).error
        except wire.Malformed as error:
            raise SignerUnavailable(str(error)) from None
        raise _fault(fault)

    def _exchange(
        self, method: str, target: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, str, bytes]:
        """Over a connection of its own, and within its time however slowly bytes come."""
        backend = BoundedBackend(Deadline(time.monotonic() + self._answer_seconds))
        patience = {"timeout": {"connect": CONNECT_SECONDS, "pool": CONNECT_SECONDS}}
        sent = {"Accept-Encoding": "identity", "Content-Length": str(len(body)), **headers}
        if number := current_request_id():
            sent["X-Request-Id"] = number  # its lines and ours of the same; the seal says nothing of it
        try:
            with (
                httpcore.ConnectionPool(self._context, network_backend=backend) as pool,
                pool.stream(
                    method,
                    self._address + target,
                    headers=list(sent.items()),
                    content=body,
                    extensions=patience,
                ) as response,
            ):
                return response.status, _seal_of(response), _body_of(response)
        except _FAILURES as error:
            raise SignerUnavailable(f"no answer: {type(error).__name__}") from None


def _seal_of(response: httpcore.Response) -> str:
    named = {name.lower(): value for name, value in response.headers}
    return named.get(SEAL_HEADER.encode(), b"").decode("latin-1")


def _body_of(response: httpcore.Response) -> bytes:
    """As it came: nothing is unpacked that nobody has sealed."""
    answer = bytearray()
    for piece in response.iter_stream():
        answer += piece
        if len(answer) > wire.MAX_ANSWER:
            raise SignerUnavailable("an answer too long")
    return bytes(answer)


def refuse_open_line(url: str) -> None:
    parts = httpx.URL(url)
    if parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(parts.host)):
        return
    raise ValueError("A co-signer beyond this machine is reached by https only.")


def is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _fault(fault: wire.Fault) -> SignerRefused | SignerUnavailable:
    if fault.code == "REFUSED" and fault.reason in Refusal.__members__:
        return SignerRefused(Refusal(fault.reason), fault.message)
    return SignerUnavailable(f"{fault.code[:40]}: {fault.message[:200]}")


def _checked(role: Role, plan: SpendPlan, told: tuple[str, ...]) -> tuple[bytes, ...]:
    """A signer that is broken or another one may answer anything: only its signatures of this plan count."""
    try:
        signatures = tuple(bytes.fromhex(one) for one in told)
        for index, (spent, signature) in enumerate(zip(plan.inputs, signatures, strict=True)):
            key = script_at(plan.wallet, spent.place).public_keys[position_of(role)]
            check_signature(key, signature, digest(plan, index))
    except (BitcoinError, ValueError):
        raise SignerUnavailable("what it answers are no signatures of this plan") from None
    return signatures
