"""Notes coins of ours that somebody spends without us: a stolen key, or a vault's owner with its backup.

Only told to people; what is done about a spend of ours that loses its coins `spending` does.
"""

from django.db import connection, transaction
from django.utils import timezone

from access.services import Origin, record_audit
from custody.errors import InvalidState
from custody.models import UnexpectedSpend

LOOKED_BACK = 1_000  # blocks
UNDONE = "The network has undone it."

# Of cold storage nobody here can sign, so each spend of it is made elsewhere.
_NOTE = """
INSERT INTO custody_unexpectedspend AS noted (coin_id, txid, noted_at, ended_because)
SELECT c.id, c.spent_by, now(), '' FROM custody_coin AS c
  JOIN custody_watchedscript AS w ON w.id = c.watched_id
 WHERE c.spent_by <> '' AND w.wallet <> 'cold'
   AND (c.spent_height IS NULL
        OR c.spent_height >= (SELECT height FROM custody_chainposition) - %(looked_back)s)
   AND NOT EXISTS (SELECT FROM custody_spendversion AS v JOIN custody_spend AS s ON s.id = v.spend_id
                    WHERE v.txid = c.spent_by AND s.status <> 'DROPPED')
   AND NOT EXISTS (SELECT FROM custody_unexpectedspend AS u
                    WHERE u.coin_id = c.id AND u.txid = c.spent_by AND u.ended_because <> %(undone)s)
ON CONFLICT (coin_id, txid) DO UPDATE SET ended_at = NULL, ended_because = ''
RETURNING coin_id, txid"""
_UNDO = """
UPDATE custody_unexpectedspend AS u SET ended_at = now(), ended_because = %(undone)s
  FROM custody_coin AS c
 WHERE u.ended_at IS NULL AND c.id = u.coin_id AND c.spent_by <> u.txid"""


@transaction.atomic
def note_unexpected_spends() -> int:
    """How many were found that nobody has been told of."""
    with connection.cursor() as cursor:
        cursor.execute(_UNDO, {"undone": UNDONE})
        cursor.execute(_NOTE, {"looked_back": LOOKED_BACK, "undone": UNDONE})
        noted = cursor.fetchall()
    for coin_id, txid in noted:
        record_audit(
            origin=Origin(),
            action="custody.unexpected_spend",
            subject=f"custody:coin:{coin_id}",
            after={"txid": txid},
        )
    return len(noted)


@transaction.atomic
def end_unexpected_spend(*, spend_id: int, origin: Origin, reason: str) -> UnexpectedSpend:
    """An operator has looked at it. Raises InvalidState."""
    noted = UnexpectedSpend.objects.select_for_update().filter(pk=spend_id, ended_at=None).first()
    if noted is None:
        raise InvalidState("It has ended.", status="ENDED")
    noted.ended_at, noted.ended_because = timezone.now(), reason[:300]
    noted.save(update_fields=["ended_at", "ended_because"])
    subject = f"custody:coin:{noted.coin_id}"
    record_audit(
        origin=origin, action="custody.unexpected_spend_seen", subject=subject, after={"reason": reason}
    )
    return noted
