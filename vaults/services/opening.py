"""How a vault comes to be: its owner's account key, proved to be his, and the house's two others.

A private key is refused wherever it is given, and nothing of it is kept or said.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from access.roles import Permission, permissions_question, require_among
from access.together import Answer, Question, Row, Together
from custody.bitcoin.private_texts import looks_private
from custody.bitcoin.types import Network
from custody.errors import CustodyUnavailable, PrivateKeyGiven
from custody.errors import InvalidState as WalletStands
from custody.services.vault_wallets import (
    Sought,
    WalletPlan,
    begin_wallet,
    enter_wallet,
    plan_wallet,
    read_owner_key,
    seek_wallet,
    vault_address,
)
from ledger.transactions import one_transaction
from vaults.errors import KeyReused, TooManyVaults
from vaults.models import FiguresVersion, Vault
from vaults.models.vault import MAX_LABEL
from vaults.rules.proofs import Proof, proof_refusal
from vaults.rules.statuses import VaultStatus
from vaults.selectors import vault_of
from vaults.selectors_figures import version_question
from vaults.services.changes import add_vault
from vaults.services.figures import first_version
from vaults.services.money import accounts_question, open_accounts
from vaults.services.operations import Deed, Json, earlier_question, first_answer, keep

EVENT = "OPENED"
_DAY, _A_DAY = timedelta(days=1), 5  # so many times what may stand at once are opened in a day, at most
_ENDING = (VaultStatus.CLOSING.value, VaultStatus.CLOSED.value)
_ROOM = """
SELECT count(*) FILTER (WHERE status <> ALL(%s)), count(*) FILTER (WHERE created_at > %s)
FROM vaults_vault WHERE owner_id = %s"""
_OWNERS_LOCK = 0x766F776E  # "vown", beside the owner's number
_NUMBERS = "vaults.opening"  # of ids that are made of an owner and his key


@dataclass(frozen=True, slots=True)
class Opening:
    """`account_key`: `[fingerprint/48h/..]xpub`. `key` is the owner's own name for the request."""

    owner_id: int
    key: str
    account_key: str
    proof: Proof
    label: str = ""

    @property
    def vault_id(self) -> UUID:
        """The same for each repeat, so that one finds the wallet that an earlier try has made.

        By a secret: the reserves show ids to all, and who tries owners and keys must not find whose one is.
        """
        digest = salted_hmac(_NUMBERS, f"{self.owner_id}:{self.key}", algorithm="sha256").digest()
        return UUID(bytes=digest[:16], version=4)

    @property
    def content(self) -> Json:
        """Not the proof: its time is another one in each try."""
        return {"account_key": self.account_key, "label": self.label}


def open_vault(ask: Opening, now: datetime) -> Vault:
    """Call it outside any transaction, for a signer may be asked. Raises, in this order: PrivateKeyGiven,
    KeyReused, CustodyUnavailable, NotPermitted, InvalidXpub, InvalidProof, TooManyVaults."""
    assert len(ask.label) <= MAX_LABEL
    if looks_private(ask.account_key) or looks_private(ask.proof.signature) or looks_private(ask.label):
        raise PrivateKeyGiven(field="key")
    found = _look(ask, now)
    if opened := _opened(ask, found.earlier.value):
        return opened
    if not settings.CUSTODY:
        raise CustodyUnavailable("custody")
    require_among(found.permissions.value, Permission.CREATE_VAULT)
    _check_proof(ask, now)
    version = found.version.value or first_version()
    _check_room(found.room.value, version)
    if not found.has_accounts.value:
        open_accounts(ask.owner_id)
    try:
        plan = plan_wallet(ask.owner_id, str(ask.vault_id), ask.account_key, found.wallet)
        return _open(ask, version, plan, now)
    except WalletStands as error:
        raise KeyReused(field="Idempotency-Key") from error


@dataclass(frozen=True, slots=True)
class _Found:
    earlier: Answer[Row | None]
    permissions: Answer[frozenset[Permission]]
    version: Answer[FiguresVersion | None]
    room: Answer["_Room"]
    has_accounts: Answer[bool]
    wallet: Sought


def _look(ask: Opening, now: datetime) -> _Found:
    asked = Together()
    found = _Found(
        earlier=asked.ask(earlier_question(ask.owner_id, ask.key)),
        permissions=asked.ask(permissions_question(ask.owner_id)),
        version=asked.ask(version_question()),
        room=asked.ask(_room_question(ask.owner_id, now)),
        has_accounts=asked.ask(accounts_question(ask.owner_id)),
        wallet=seek_wallet(asked, str(ask.vault_id)),
    )
    asked.send()
    return found


def _check_proof(ask: Opening, now: datetime) -> None:
    key = read_owner_key(ask.account_key)
    network = Network(settings.BITCOIN_NETWORK)
    refusal = proof_refusal(ask.proof, network, ask.owner_id, key, int(now.timestamp()))
    if refusal is not None:
        raise refusal


def _opened(ask: Opening, earlier: Row | None) -> Vault | None:
    answer = first_answer(earlier, Deed.OPEN, None, ask.content)
    return None if answer is None else vault_of(ask.owner_id, UUID(answer["vault_id"]))


class _Room(NamedTuple):
    """How many vaults of one owner stand, and how many were opened within a day."""

    standing: int
    lately: int


def _room_question(owner_id: int, now: datetime) -> Question[_Room]:
    return Question(_ROOM, [list(_ENDING), now - _DAY, owner_id], lambda rows: _Room(*rows[0]))


def _check_room(room: _Room, version: FiguresVersion) -> None:
    """A closed one makes room, and one that is closing, which strangers can keep from its end by crumbs that
    cost more than they are worth. But wallets are watched for ever: so there is a limit of a day, too."""
    if room.standing >= version.max_vaults:
        raise TooManyVaults(maximum=version.max_vaults)
    if room.lately >= _A_DAY * version.max_vaults:
        raise TooManyVaults("You have opened as many vaults as you may in a day.", maximum=version.max_vaults)


@one_transaction
def _open(ask: Opening, version: FiguresVersion, plan: WalletPlan, now: datetime) -> Vault:
    asked = Together()
    asked.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_OWNERS_LOCK, ask.owner_id])
    earlier = asked.ask(earlier_question(ask.owner_id, ask.key))
    room = asked.ask(_room_question(ask.owner_id, now))
    beginning = begin_wallet(asked, plan)
    asked.send()
    if opened := _opened(ask, earlier.value):
        transaction.set_rollback(True)  # the index that was taken goes back
        return opened
    _check_room(room.value, version)  # again: only now does nobody else open one of his
    # Past this line it must succeed.
    changes = Together()
    address = vault_address(enter_wallet(changes, plan, beginning))
    vault = Vault(
        id=ask.vault_id,
        owner_id=ask.owner_id,
        label=ask.label,
        figures=version,
        address=address,
        status=VaultStatus.PENDING,
        created_at=now,
        changed_at=now,
    )
    add_vault(changes, vault, EVENT, {"address": address, "label": ask.label, "figures": version.pk}, now)
    keep(changes, ask.owner_id, ask.key, Deed.OPEN, vault.pk, ask.content, {"vault_id": str(vault.pk)}, now)
    return vault
