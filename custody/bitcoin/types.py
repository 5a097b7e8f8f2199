"""What all of custody says about Bitcoin: networks, transactions, wallets and the plan of a spend, as values.

Amounts are satoshis. A txid or block hash is hex as people see it; scripts, keys and signatures are bytes.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

SEQUENCE_RBF = 0xFFFFFFFD  # replaceable, no relative lock


class Network(StrEnum):
    MAIN = "main"
    TESTNET = "testnet"
    SIGNET = "signet"
    REGTEST = "regtest"


class OutPoint(NamedTuple):
    """Which output of which transaction."""

    txid: str
    vout: int


@dataclass(frozen=True, slots=True)
class TxIn:
    outpoint: OutPoint
    sequence: int = SEQUENCE_RBF
    script_sig: bytes = b""
    witness: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class TxOut:
    value_sats: int
    script: bytes


@dataclass(frozen=True, slots=True)
class Tx:
    """A transaction. `transactions` says what it weighs, hashes to and looks like on the wire."""

    version: int
    inputs: tuple[TxIn, ...]
    outputs: tuple[TxOut, ...]
    lock_time: int = 0


@dataclass(frozen=True, slots=True)
class AccountKey:
    """An account's extended public key with its origin: `[fingerprint/path]xpub`, path "48h/1h/0h/2h"."""

    fingerprint: str
    path: str
    xpub: str


@dataclass(frozen=True, slots=True)
class FixedKey:
    """One compressed public key, of a signer that cannot derive (a token)."""

    public_key: bytes


KeySource = AccountKey | FixedKey


class WalletKind(StrEnum):
    SINGLE = "wpkh"
    TWO_OF_THREE = "wsh(sortedmulti)"


class Role(StrEnum):
    """Whose key it is: of a 2-of-3 in this order, or the only key of a single-signature wallet."""

    USER = "user"
    PROTOCOL = "protocol"
    BACKUP = "backup"
    HOT = "hot"
    COLD = "cold"


@dataclass(frozen=True, slots=True)
class WalletSpec:
    """How a wallet's addresses come about. SINGLE has one key, TWO_OF_THREE user, protocol, backup."""

    network: Network
    kind: WalletKind
    keys: tuple[KeySource, ...]


RECEIVE, CHANGE = 0, 1


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Which address of a wallet: branch RECEIVE or CHANGE, and the index."""

    branch: int
    index: int


class Purpose(StrEnum):
    """Why coins are spent: it decides what a signer lets pass."""

    WITHDRAWAL = "WITHDRAWAL"  # hot wallet to customers
    SWEEP = "SWEEP"  # hot wallet to cold storage
    BUMP = "BUMP"  # a child that pays for its parent (CPFP), back into the same wallet
    VAULT = "VAULT"  # a vault's coins, with its owner's signature
    RECOVERY = "RECOVERY"  # a vault's coins by owner and backup, without the house


@dataclass(frozen=True, slots=True)
class SpendInput:
    """A coin to spend. `previous_tx` is the whole transaction that made it: signers see its value there."""

    outpoint: OutPoint
    value_sats: int
    place: Place
    previous_tx: bytes


@dataclass(frozen=True, slots=True)
class Payment:
    """`reference` says what for ("withdrawal:<uuid>"), for the signer's books."""

    address: str
    value_sats: int
    reference: str


@dataclass(frozen=True, slots=True)
class Change:
    place: Place
    value_sats: int


@dataclass(frozen=True, slots=True)
class SpendPlan:
    """All that a transaction is made of. Whoever holds the same plan makes the same unsigned transaction.

    Outputs are the payments in their order, then the change. `version` counts the replacements of one spend:
    each shares its inputs, so at most one of them confirms.
    """

    spend_id: str
    version: int
    purpose: Purpose
    wallet: WalletSpec
    inputs: tuple[SpendInput, ...]
    payments: tuple[Payment, ...]
    change: Change | None
    fee_sats: int
