"""The 2-of-3 wallets of vaults: owner, protocol, backup, at an index of their own, both branches watched."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from access.together import Answer, Question, Row, Together
from custody.bitcoin.descriptors import descriptor_of
from custody.bitcoin.encoding import spec_from_json, spec_to_json
from custody.bitcoin.errors import BadKey, PrivateKey
from custody.bitcoin.keys import distinct, read_account_key
from custody.bitcoin.recovery import VaultExport, export
from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import CHANGE, RECEIVE, AccountKey, KeySource, Place, Role, WalletKind, WalletSpec
from custody.errors import CustodyUnavailable, InvalidState, InvalidXpub, PrivateKeyGiven, WalletNotFound
from custody.models import VaultWallet
from custody.rules.parties import trust_in
from custody.selectors import key_parties
from custody.services.wallet_keys import COLD, HOT, keys_question, known_among, network, signer
from custody.services.wallets import add_watch, next_index_question
from custody.signers.signer import SignerRefused, SignerUnavailable

_COUNTER = "vaults"
_HOUSE = (Role.PROTOCOL, Role.BACKUP)
_FIND = """
SELECT id, reference, owner_id, index, spec, descriptor, created_at FROM custody_vaultwallet
WHERE reference = %s"""
_KEEP = """
INSERT INTO custody_vaultwallet (reference, owner_id, index, spec, descriptor, created_at)
VALUES (%s, %s, %s, %s::jsonb, %s, %s) RETURNING id"""
OWNER = "you"
MAX_REFERENCE = 64


@dataclass(frozen=True, slots=True)
class Sought:
    """What is to be known before a wallet is planned."""

    found: Answer[VaultWallet | None]
    kept: Answer[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class WalletPlan:
    """The wallet that stands, or the keys of one that is to be made at an index that is not known yet."""

    owner_id: int
    reference: str
    spec: WalletSpec
    standing: VaultWallet | None


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the transaction that makes it asks first: its index, which holds a lock, and who was faster."""

    index: Answer[int]
    found: Answer[VaultWallet | None]


def open_vault_wallet(owner_id: int, reference: str, user_key: str) -> VaultWallet:
    """Idempotent by reference; `user_key` is the owner's account key with its origin.

    Raises InvalidXpub, PrivateKeyGiven (nothing of the text is kept), CustodyUnavailable, and InvalidState
    where the reference stands for another wallet.
    """
    asked = Together()
    sought = seek_wallet(asked, reference)
    asked.send()
    return _open(plan_wallet(owner_id, reference, user_key, sought))


def seek_wallet(asked: Together, reference: str) -> Sought:
    """For `plan_wallet`, among other questions."""
    assert 0 < len(reference) <= MAX_REFERENCE, reference
    assert reference not in (HOT, COLD), reference
    return Sought(asked.ask(_wallet_question(reference)), asked.ask(keys_question(_HOUSE)))


def plan_wallet(owner_id: int, reference: str, user_key: str, sought: Sought) -> WalletPlan:
    """Outside any transaction, for a signer may be asked.
    Raises as `open_vault_wallet`."""
    owner_key = read_owner_key(user_key)
    if sought.found.value is not None:
        standing = _same(sought.found.value, owner_id, owner_key)
        return WalletPlan(owner_id, reference, vault_spec(standing), standing)
    keys = (owner_key, *(_house_key(role, sought.kept.value, reference) for role in _HOUSE))
    try:
        distinct(keys)
    except BadKey as error:
        raise InvalidXpub("This key is another party's already.", field="key") from error
    return WalletPlan(owner_id, reference, WalletSpec(network(), WalletKind.TWO_OF_THREE, keys), None)


def begin_wallet(asked: Together, plan: WalletPlan) -> Beginning | None:
    """For `enter_wallet`, in its transaction. Whoever opens the same one waits here."""
    if plan.standing is not None:
        return None
    index = asked.ask(next_index_question(_COUNTER, RECEIVE))
    return Beginning(index, asked.ask(_wallet_question(plan.reference)))


def enter_wallet(changes: Together, plan: WalletPlan, beginning: Beginning | None) -> VaultWallet:
    """Its rows among other `changes`; it has its number once they are sent. Raises InvalidState where the
    reference stands for another wallet by now."""
    if beginning is None:
        assert plan.standing is not None
        return plan.standing
    if beginning.found.value is not None:
        return _same(beginning.found.value, plan.owner_id, plan.spec.keys[0])
    content = spec_to_json(plan.spec)
    wallet = VaultWallet(
        reference=plan.reference,
        owner_id=plan.owner_id,
        index=beginning.index.value,
        spec=content,
        descriptor=descriptor_of(plan.spec),
        created_at=timezone.now(),
    )
    values = [wallet.reference, wallet.owner_id, wallet.index, json.dumps(content)]
    values += [wallet.descriptor, wallet.created_at]
    changes.ask(Question(_KEEP, values, lambda rows: setattr(wallet, "pk", int(rows[0][0]))))
    for where in vault_places(wallet):
        add_watch(changes, plan.spec, where, wallet.reference, wallet.owner_id)
    return wallet


@transaction.atomic
def _open(plan: WalletPlan) -> VaultWallet:
    asked, changes = Together(), Together()
    beginning = begin_wallet(asked, plan)
    if beginning is None:
        return enter_wallet(changes, plan, None)
    asked.send()
    wallet = enter_wallet(changes, plan, beginning)
    if wallet is not beginning.found.value:
        changes.send()
    return wallet


def read_owner_key(text: str) -> AccountKey:
    """Raises InvalidXpub, PrivateKeyGiven."""
    try:
        return read_account_key(text, network())
    except PrivateKey:
        raise PrivateKeyGiven(field="key") from None
    except BadKey as error:
        raise InvalidXpub(field="key", reason=str(error.reason)) from None


def vault_spec(wallet: VaultWallet) -> WalletSpec:
    return spec_from_json(wallet.spec)


def vault_places(wallet: VaultWallet) -> tuple[Place, Place]:
    """Where it receives, and where its change goes."""
    return Place(RECEIVE, wallet.index), Place(CHANGE, wallet.index)


def vault_address(wallet: VaultWallet) -> str:
    """Where deposits go."""
    return script_at(vault_spec(wallet), vault_places(wallet)[0]).address


def vault_export(reference: str) -> str:
    """What the owner keeps, to recover with the backup and without the house. Raises WalletNotFound."""
    wallet = VaultWallet.objects.filter(reference=reference).first()
    if wallet is None:
        raise WalletNotFound
    parties = key_parties()
    names = (OWNER, parties.names.get(Role.PROTOCOL, ""), parties.names.get(Role.BACKUP, ""))
    return export(VaultExport(reference, vault_spec(wallet), wallet.index, names, trust_in(parties.is_one)))


def _house_key(role: Role, kept: Mapping[str, str], reference: str) -> KeySource:
    """The known account key, or of a token the one that it keeps for this vault."""
    key = known_among(kept, role)
    if key is not None:
        return key
    try:
        return signer(role).fixed_key(reference)
    except (SignerUnavailable, SignerRefused) as error:
        raise CustodyUnavailable(part=f"signer {role}") from error


def _wallet_question(reference: str) -> Question[VaultWallet | None]:
    return Question(_FIND, [reference], _read)


def _read(rows: list[Row]) -> VaultWallet | None:
    if not rows:
        return None
    pk, reference, owner_id, index, spec, descriptor, created_at = rows[0]
    return VaultWallet(pk, reference, owner_id, index, json.loads(spec), descriptor, created_at)


def _same(found: VaultWallet, owner_id: int, owner_key: KeySource) -> VaultWallet:
    """Raises InvalidState where it is another one."""
    if (found.owner_id, vault_spec(found).keys[0]) != (owner_id, owner_key):
        raise InvalidState("The reference stands for another wallet.", field="reference", status="OPEN")
    return found
