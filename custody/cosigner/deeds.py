"""What the co-signer does when it is asked: tell who it is, give a fixed key, sign. Each is in its journal.

Knows nothing of HTTP but the numbers of its answers.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from custody.bitcoin.encoding import plan_from_json
from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.types import Role
from custody.cosigner.database import Database
from custody.cosigner.journal import FAILED, MAX_PAGE, REFUSED, SIGNED, Journal, decoded
from custody.cosigner.switch import Stopped
from custody.signers import wire
from custody.signers.signer import Refusal, Signer, SignerRefused, SignerUnavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def fault(status: int, code: str, message: str, reason: str = "") -> Answer:
    return Answer(status, wire.written(wire.FaultAnswer(wire.Fault(code, message, reason))))


class Deeds:
    def __init__(self, database: Database, signers: Mapping[Role, Signer]) -> None:
        self._journal = Journal(database)
        self._signers = signers

    def do(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """Never raises: what goes wrong is an answer, and in the log."""
        try:
            return self._done(method, path, query, body)
        except wire.Malformed as error:
            return fault(400, "MALFORMED", str(error))
        except Exception:
            log.exception("a request failed")
            return fault(500, "INTERNAL", "It failed; nothing is said of what was signed.")

    def _done(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        if (method, path) == ("GET", "/v1/journal"):
            return self._page(query)
        parts = path.split("/")
        signer = self._signers.get(_role(parts[2])) if len(parts) == 4 and parts[1] == "v1" else None
        deeds: dict[tuple[str, str], Callable[[Signer, bytes], Answer]] = {
            ("GET", "about"): _about,
            ("POST", "sign"): self._sign,
            ("POST", "fixed-key"): self._fixed_key,
        }
        deed = deeds.get((method, parts[-1]))
        if signer is None or deed is None:
            return fault(404, "NOT_FOUND", "No such role, or nothing that it does.")
        return deed(signer, body)

    def _page(self, query: Mapping[str, str]) -> Answer:
        limit, before = _number(query, "limit", MAX_PAGE), _number(query, "before", 0)
        rows = self._journal.page(min(max(limit, 1), MAX_PAGE), before or None)
        return Answer(200, json.dumps({"requests": rows}).encode())

    def _sign(self, signer: Signer, body: bytes) -> Answer:
        request = wire.read(body, wire.SignRequest)
        try:
            plan = plan_from_json(request.plan)
        except (BitcoinError, ValueError, OverflowError) as error:
            kind = type(error).__name__
            return self._journaled(signer, "sign", {}, lambda: _refuse(f"no plan: {kind}"))
        return self._journaled(
            signer,
            "sign",
            decoded(plan),
            lambda: wire.SignAnswer(tuple(one.hex() for one in signer.sign(plan, request.psbt))),
        )

    def _fixed_key(self, signer: Signer, body: bytes) -> Answer:
        label = wire.read(body, wire.FixedKeyRequest).label
        return self._journaled(
            signer,
            "fixed-key",
            {"label": label[:100]},
            lambda: wire.FixedKeyAnswer(signer.fixed_key(label).public_key.hex()),
        )

    def _journaled(
        self, signer: Signer, deed: str, content: dict[str, Any], act: Callable[[], msgspec.Struct]
    ) -> Answer:
        number = self._journal.begin(signer.describe().role, deed, content)
        try:
            answer = act()
        except SignerRefused as refusal:
            self._journal.end(number, REFUSED, refusal.reason, refusal.detail)
            log.warning("refused", extra={"reason": refusal.reason.value, "request": number})
            return fault(422, "REFUSED", refusal.detail, refusal.reason)
        except SignerUnavailable as failure:
            code = "STOPPED" if isinstance(failure, Stopped) else "UNAVAILABLE"
            self._journal.end(number, FAILED, code, str(failure))
            return fault(503, code, str(failure))
        self._journal.end(number, SIGNED)
        log.info("done", extra={"deed": deed, "request": number})
        return Answer(200, wire.written(answer))


def _about(signer: Signer, _body: bytes) -> Answer:
    return Answer(200, wire.written(wire.about(signer.describe())))


def _refuse(detail: str) -> msgspec.Struct:
    raise SignerRefused(Refusal.FORMAT, detail)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        return Role.COLD  # nobody signs for it here


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise wire.Malformed(f"{name} is a number")
    return int(text)
