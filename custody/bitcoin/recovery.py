"""What an owner keeps so that he and the backup can move a vault's coins when the house is gone.

A vault's export is JSON that a person can read: descriptor, addresses, who holds which key, what to do.
Reading it believes nothing: everything in it is computed again.
"""

import json
from dataclasses import dataclass, field
from typing import Annotated, Final

import msgspec

from custody.bitcoin.descriptors import descriptor_of, read_descriptor
from custody.bitcoin.errors import BadKey, KeyFault
from custody.bitcoin.keys import HARDENED, key_text
from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import CHANGE, RECEIVE, FixedKey, Network, Place, Role, WalletKind, WalletSpec

FORMAT = "ballast-vault-recovery-1"
LONGEST_EXPORT = 50_000
_ROLES: Final = (Role.USER, Role.PROTOCOL, Role.BACKUP)
_BRANCHES: Final = {RECEIVE: "receive", CHANGE: "change"}


@dataclass(frozen=True, slots=True)
class VaultExport:
    """`parties` says who holds the keys, in their order: user, protocol, backup. `trust` is what an owner
    should know of them, for people alone: it is not read back."""

    reference: str
    wallet: WalletSpec
    index: int
    parties: tuple[str, str, str]
    trust: str = field(default="", compare=False)


def export(vault: VaultExport) -> str:
    """Raises BadKey where this is no wallet of a vault."""
    wallet = vault.wallet
    if wallet.kind is not WalletKind.TWO_OF_THREE:
        raise BadKey(KeyFault.FORMAT, "only a vault is recovered with its backup")
    facts = {
        "format": FORMAT,
        "network": wallet.network.value,
        "reference": vault.reference,
        "descriptor": descriptor_of(wallet),
        "index": vault.index,
        "addresses": {
            name: script_at(wallet, Place(branch, vault.index)).address for branch, name in _BRANCHES.items()
        },
        "keys": [
            {"role": role.value, "party": party, "key": key_text(key)}
            for role, party, key in zip(_ROLES, vault.parties, wallet.keys, strict=True)
        ],
        "instructions": _instructions(vault),
    }
    return json.dumps(facts, indent=2, ensure_ascii=False) + "\n"


def _instructions(vault: VaultExport) -> list[str]:
    return [
        "Any two of the three keys move the coins: owner and backup need neither the house nor its key.",
        *([vault.trust] if vault.trust else []),
        "Keep this file; it holds no secret. Keep your private key apart from it and give it to nobody.",
        *_with_ballast(),
        *_with_core(vault.index),
        _with_sparrow(vault),
        "Whoever signs compares the address and the amounts on a screen of his own before he does.",
    ]


def _with_ballast() -> list[str]:
    step = "python -m custody.recovery"
    return [
        "With Ballast's own files alone (no server, no database; each step says more with --help):",
        f"1. {step} begin --export FILE --to ADDRESS --fee-rate SATS_PER_VBYTE --work WORK, and one of "
        "--coins FILE (raw transactions in hex, one a line), --esplora URL or --core URL. "
        "It takes every coin of the vault and writes what is to be signed into WORK.",
        f"2. {step} sign --work WORK --role user --key KEYFILE by the owner. "
        "The file holds the seed in hex, or [fingerprint/path]xprv of the account. Where a wallet holds the "
        f"key, {step} psbt --work WORK prints what it signs, and {step} take --work WORK --psbt FILE takes "
        "what it gives back.",
        f"3. {step} sign --work WORK --role backup --key KEYFILE by the backup, or where it runs a "
        f"co-signer: {step} cosign --work WORK --url URL --secret FILE.",
        f"4. {step} finish --work WORK prints the transaction: give it to any node or explorer.",
    ]


def _with_core(index: int) -> list[str]:
    return [
        "With Bitcoin Core (29 or later reads the descriptor as it is; for an older one write it twice, "
        "with /0/* and /1/* in place of /<0;1>/*, and ask getdescriptorinfo for the checksums):",
        "1. createwallet watch true true, then importdescriptors with the descriptor, "
        f'"range": [{index}, {index}] and "timestamp": 0. The addresses must be those of this file.',
        "2. walletcreatefundedpsbt makes the PSBT. Owner and backup each sign it with walletprocesspsbt in a "
        "wallet that has the descriptor with their own xprv in place of their xpub.",
        "3. combinepsbt, finalizepsbt, sendrawtransaction.",
    ]


def _with_sparrow(vault: VaultExport) -> str:
    if any(isinstance(key, FixedKey) for key in vault.wallet.keys):
        return "Sparrow cannot open this vault: one of its keys is a fixed one, of a token."
    return (
        "With Sparrow: make a wallet, edit its script policy, paste the descriptor; under Advanced raise the "
        f"gap limit above {vault.index}. Owner and backup sign the same PSBT there, one after the other."
    )


class _Addresses(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    receive: str
    change: str


class _Key(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    role: str
    party: Annotated[str, msgspec.Meta(max_length=500)]
    key: str


class _Export(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    format: str
    network: Network
    reference: Annotated[str, msgspec.Meta(max_length=200)]
    descriptor: str
    index: Annotated[int, msgspec.Meta(ge=0, lt=HARDENED)]
    addresses: _Addresses
    keys: Annotated[list[_Key], msgspec.Meta(min_length=3, max_length=3)]
    instructions: list[str]


def read_export(text: str) -> VaultExport:
    """Raises BadKey where it is no export, or says anything that its descriptor does not."""
    try:
        read = msgspec.json.decode(text[: LONGEST_EXPORT + 1].encode(), type=_Export)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise BadKey(KeyFault.FORMAT, "this is no export of a vault") from None
    wallet = read_descriptor(read.descriptor, read.network)
    first, second, third = (one.party for one in read.keys)
    vault = VaultExport(read.reference, wallet, read.index, (first, second, third))
    if len(text) > LONGEST_EXPORT or _told(json.loads(export(vault))) != _told(json.loads(text)):
        raise BadKey(KeyFault.FORMAT, "what this export says of addresses or keys is not so")
    return vault


def _told(facts: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if name != "instructions"}
