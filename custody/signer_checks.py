"""Whether each signer answers, as health asks: now and then, aside, and each for itself.

A signer is another party's perhaps: one that hangs must not let the others look as if they did.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from custody.bitcoin.types import Role
from custody.errors import CustodyUnavailable
from custody.selectors import refused_keys
from custody.services.wallet_keys import signer
from custody.signers.signer import SignerRefused, SignerUnavailable
from health.registry import Finding
from health.rules import Status

ASKED_AGAIN_S = 15.0
PATIENCE_S = 0.4  # a check that takes longer than 0.7 s has failed as a whole
_ROLES = (Role.HOT, Role.PROTOCOL, Role.BACKUP)


@dataclass(slots=True)
class _Asked:
    """`last` is what an earlier question found, while this one waits."""

    answer: Future[Finding]
    at: float
    last: Finding | None


_pool = ThreadPoolExecutor(len(_ROLES), thread_name_prefix="signer-check")
_asked: dict[Role, _Asked] = {}


def signers() -> list[Finding]:
    if not settings.CUSTODY:
        return []
    named = [role for role in _ROLES if settings.SIGNERS.get(str(role), ("", ""))[0]]
    asked = {role: _question(role) for role in named}
    wait([one.answer for one in asked.values()], timeout=PATIENCE_S)
    changed = {row.role for row in refused_keys()}
    return [_found(role, one, role in changed) for role, one in asked.items()]


def _question(role: Role) -> _Asked:
    """The one that waits, or that was answered lately, or a new one."""
    kept = _asked.get(role)
    if kept is None or (kept.answer.done() and time.monotonic() - kept.at > ASKED_AGAIN_S):
        last = None if kept is None or kept.answer.exception() else kept.answer.result()
        kept = _asked[role] = _Asked(_pool.submit(_ask, role), time.monotonic(), last)
    return kept


def _found(role: Role, asked: _Asked, is_changed: bool) -> Finding:
    finding = asked.answer.result() if asked.answer.done() else asked.last
    waited_s = time.monotonic() - asked.at
    if finding is None or (not asked.answer.done() and waited_s > ASKED_AGAIN_S / 3):
        return _away(role, f"no answer for {int(waited_s * 1000)} ms")
    if is_changed and finding.status is Status.OK:
        return Finding(Status.FAIL, "it shows another key than before", str(role), _figures(another_key=1))
    return finding


def _away(role: Role, why: str) -> Finding:
    """Without the backup nothing stops that goes on every day."""
    return Finding(Status.WARN if role is Role.BACKUP else Status.FAIL, why, str(role), {"answers": 0})


def _ask(role: Role) -> Finding:
    try:
        facts = signer(role).describe()
    except (SignerUnavailable, SignerRefused, CustodyUnavailable, ValueError) as error:
        return _away(role, f"it does not answer: {type(error).__name__}")
    finally:
        connection.close()
    if facts.role is not role:
        return Finding(Status.FAIL, f"it says that it is {facts.role}", str(role), {"answers": 0})
    return Finding(Status.OK, "", str(role), _figures())


def _figures(another_key: int = 0) -> dict[str, int]:
    return {"answers": 1, "another_key": another_key}
