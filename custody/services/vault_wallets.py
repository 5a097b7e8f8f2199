"""The 2-of-3 wallets of vaults: owner, protocol, backup, at an index of their own, both branches watched."""

import json
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from access.together import Question, Row, Together
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


def open_vault_wallet(owner_id: int, reference: str, user_key: str) -> VaultWallet:
    """Idempotent by reference; `user_key` is the owner's account key with its origin.

    Raises InvalidXpub, PrivateKeyGiven (nothing of the text is kept), CustodyUnavailable, and InvalidState
    where the reference stands for another wallet.
    """
    assert 0 < len(reference) <= MAX_REFERENCE, reference
    assert reference not in (HOT, COLD), reference
    owner_key = read_owner_key(user_key)
    asked = Together()
    found = asked.ask(_wallet_question(reference))
    kept = asked.ask(keys_question(_HOUSE))
    asked.send()
    if found.value is not None:
        return _same(found.value, owner_id, owner_key)
    keys = (owner_key, *(_house_key(role, kept.value, reference) for role in _HOUSE))
    try:
        distinct(keys)
    except BadKey as error:
        raise InvalidXpub("This key is another party's already.", field="key") from error
    return _open(owner_id, reference, WalletSpec(network(), WalletKind.TWO_OF_THREE, keys))


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


@transaction.atomic
def _open(owner_id: int, reference: str, spec: WalletSpec) -> VaultWallet:
    now, descriptor, content = timezone.now(), descriptor_of(spec), spec_to_json(spec)
    asked = Together()
    index = asked.ask(next_index_question(_COUNTER, RECEIVE))  # and its lock: who opens the same waits here
    found = asked.ask(_wallet_question(reference))
    asked.send()
    if found.value is not None:
        return _same(found.value, owner_id, spec.keys[0])
    wallet = VaultWallet(
        reference=reference,
        owner_id=owner_id,
        index=index.value,
        spec=content,
        descriptor=descriptor,
        created_at=now,
    )
    changes = Together()
    values = [reference, owner_id, index.value, json.dumps(content), descriptor, now]
    number = changes.ask(Question(_KEEP, values, lambda rows: int(rows[0][0])))
    for place in vault_places(wallet):
        add_watch(changes, spec, place, reference, owner_id)
    changes.send()
    wallet.pk = number.value
    return wallet
