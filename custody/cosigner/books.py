"""The books of one role in the co-signer's database: on the disk before anything is signed."""

import json
import sqlite3

from custody.bitcoin.types import OutPoint, Purpose
from custody.cosigner.database import Database
from custody.cosigner.switch import refuse_voided, refuse_while_stopped
from custody.faults import fault_point
from custody.signers.books import Check
from custody.signers.history import DAY_SECONDS, HOUR_SECONDS, Past, Signing

_COLUMNS = "spend_id, version, digest, purpose, inputs, pays, outflow_sats, signed_at"
# Each spend counts with its largest version, at the time of its last one.
_OUTFLOW = """
SELECT COALESCE(SUM(largest), 0) FROM (
    SELECT MAX(outflow_sats) AS largest FROM signings
    WHERE role = :role AND purpose = :purpose AND spend_id IN (
        SELECT spend_id FROM signings WHERE role = :role AND purpose = :purpose AND signed_at > :since
    ) AND spend_id <> :spend_id
    GROUP BY spend_id
)
"""


class SqliteBooks:
    def __init__(self, database: Database, role: str) -> None:
        self._database = database
        self._role = role

    def admit(self, signing: Signing, check: Check) -> tuple[bytes, ...]:
        with self._database.writing() as connection:
            refuse_while_stopped(connection)
            refuse_voided(connection, signing.spend_id)
            kept = connection.execute(
                "SELECT signatures FROM signings WHERE role = ? AND digest = ?", (self._role, signing.digest)
            ).fetchone()
            if kept is None:
                check(_past(connection, self._role, signing))
                _write(connection, self._role, signing)
        fault_point("admitted")
        return _read_signatures(kept[0]) if kept else ()

    def keep(self, digest: str, signatures: tuple[bytes, ...]) -> tuple[bytes, ...]:
        fault_point("signed")
        text = " ".join(one.hex() for one in signatures)
        where = (self._role, digest)
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE signings SET signatures = ? WHERE role = ? AND digest = ? AND signatures = ''",
                (text, *where),
            )
            row = connection.execute("SELECT signatures FROM signings WHERE role = ? AND digest = ?", where)
            kept: str = row.fetchone()[0]
        fault_point("kept")
        return _read_signatures(kept)


def _read_signatures(text: str) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(one) for one in text.split())


def _past(connection: sqlite3.Connection, role: str, signing: Signing) -> Past:
    of = {"role": role, "purpose": signing.purpose.value, "spend_id": signing.spend_id}
    hour, day = signing.signed_at - HOUR_SECONDS, signing.signed_at - DAY_SECONDS
    family = f"SELECT {_COLUMNS} FROM signings WHERE role = :role AND spend_id = :spend_id"  # noqa: S608
    count = "SELECT COUNT(*) FROM signings WHERE role = :role AND purpose = :purpose AND signed_at > :since"
    return Past(
        family=tuple(_signing(row) for row in connection.execute(family, of)),
        cousins=tuple(_cousins(connection, role, signing)),
        hour_sats=connection.execute(_OUTFLOW, {**of, "since": hour}).fetchone()[0],
        day_sats=connection.execute(_OUTFLOW, {**of, "since": day}).fetchone()[0],
        hour_signings=connection.execute(count, {**of, "since": hour}).fetchone()[0],
    )


def _cousins(connection: sqlite3.Connection, role: str, signing: Signing) -> list[Signing]:
    references = [reference for reference, _, _ in signing.pays]
    marks = ",".join("?" * len(references))
    rows = connection.execute(
        f"SELECT DISTINCT {_COLUMNS} FROM signings JOIN paid USING (role, digest)"  # noqa: S608
        f" WHERE role = ? AND spend_id <> ? AND reference IN ({marks})"
        " AND spend_id NOT IN (SELECT spend_id FROM voided)",
        (role, signing.spend_id, *references),
    )
    return [_signing(row) for row in rows]


def _write(connection: sqlite3.Connection, role: str, signing: Signing) -> None:
    connection.execute(
        f"INSERT INTO signings (role, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            role,
            signing.spend_id,
            signing.version,
            signing.digest,
            signing.purpose.value,
            json.dumps(sorted(signing.inputs)),
            json.dumps(signing.pays),
            signing.outflow_sats,
            signing.signed_at,
        ),
    )
    connection.executemany(
        "INSERT INTO paid (role, reference, digest) VALUES (?, ?, ?)",
        [(role, reference, signing.digest) for reference, _, _ in signing.pays],
    )


def _signing(row: tuple[str, int, str, str, str, str, int, int]) -> Signing:
    spend_id, version, digest, purpose, inputs, pays, outflow_sats, signed_at = row
    return Signing(
        spend_id=spend_id,
        version=version,
        digest=digest,
        purpose=Purpose(purpose),
        inputs=frozenset(OutPoint(txid, vout) for txid, vout in json.loads(inputs)),
        pays=tuple((reference, address, sats) for reference, address, sats in json.loads(pays)),
        outflow_sats=outflow_sats,
        signed_at=signed_at,
    )
