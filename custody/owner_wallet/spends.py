"""What a PSBT of a vault does, as its owner has to see it before he signs, and his signature of it.

Nothing in it is believed: values come from the transactions that made the coins, keys are derived again.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from custody.bitcoin.addresses import address_of
from custody.bitcoin.errors import BadKey, BadPsbt, BadTransaction, WireFault
from custody.bitcoin.keys import child_public_key, derivation
from custody.bitcoin.psbts import Fields, Psbt, psbt_text, read_psbt
from custody.bitcoin.recovery import VaultExport
from custody.bitcoin.scripts import script_at, two_of_three
from custody.bitcoin.signatures import sign_digest
from custody.bitcoin.transactions import parse_tx, sighash_all, txid
from custody.bitcoin.types import CHANGE, RECEIVE, AccountKey, Network, OutPoint, Place, TxOut
from custody.signers.seeds import AccountSecret

MOST_BYTES = 1_000_000
_PREVIOUS_TX, _PARTIAL_SIGNATURE, _SIGHASH_TYPE, _WITNESS_SCRIPT, _DERIVATION = (
    b"\0",
    b"\2",
    b"\3",
    b"\5",
    b"\6",
)
_FINAL = (b"\x07", b"\x08")
_OUTPUT_WITNESS_SCRIPT, _OUTPUT_DERIVATION = b"\1", b"\2"
_ALL = (1).to_bytes(4, "little")


@dataclass(frozen=True, slots=True)
class Coin:
    """One that is spent. `place` is where the owner's key is in it."""

    value_sats: int
    place: Place
    witness_script: bytes


@dataclass(frozen=True, slots=True)
class Output:
    """`is_vaults`: it goes to the vault of the export. `may_be_vaults`: without an export, the owner's key
    and two others get it, which may be other two than before."""

    address: str
    value_sats: int
    is_vaults: bool
    may_be_vaults: bool


@dataclass(frozen=True, slots=True)
class Spend:
    psbt: Psbt
    coins: tuple[Coin, ...]
    outputs: tuple[Output, ...]

    @property
    def fee_sats(self) -> int:
        spent = sum(one.value_sats for one in self.coins)
        return spent - sum(one.value_sats for one in self.outputs)


def read_spend(text: str, key: AccountKey, network: Network, vault: VaultExport | None = None) -> Spend:
    """Raises BadPsbt for what is none, or spends a coin that is not of this key or not of this vault."""
    psbt = read_psbt(text, MOST_BYTES)
    coins = [
        _coin(one.outpoint, fields, key) for one, fields in zip(psbt.tx.inputs, psbt.inputs, strict=True)
    ]
    ours = set() if vault is None else {script_at(vault.wallet, place).script for place in _places(vault)}
    if vault is not None and any(_script(coin.witness_script) not in ours for coin in coins):
        raise BadPsbt(WireFault.FIELD, "it spends a coin of another wallet than this vault's")
    paid = zip(psbt.tx.outputs, psbt.outputs, strict=True)
    outputs = [_output(one, fields, key, network, ours) for one, fields in paid]
    spend = Spend(psbt, tuple(coins), tuple(outputs))
    if spend.fee_sats < 0:
        raise BadPsbt(WireFault.VALUE, "it pays more than it spends")
    return spend


def _places(vault: VaultExport) -> Iterator[Place]:
    yield from (Place(branch, vault.index) for branch in (RECEIVE, CHANGE))


def _coin(outpoint: OutPoint, fields: Fields, key: AccountKey) -> Coin:
    if any(name[:1] in _FINAL for name in fields):
        raise BadPsbt(WireFault.FIELD, "it is signed to the end already")
    if fields.get(_SIGHASH_TYPE, _ALL) != _ALL:
        raise BadPsbt(WireFault.FIELD, "it asks for a signature of a part of itself")
    witness_script = fields.get(_WITNESS_SCRIPT, b"")
    made = _made(outpoint, fields.get(_PREVIOUS_TX, b""))
    place = _own_place(fields, _DERIVATION, key, witness_script)
    if made.script != _script(witness_script) or place is None:
        raise BadPsbt(WireFault.FIELD, "it spends a coin that is not of your key and two others")
    return Coin(made.value_sats, place, witness_script)


def _made(outpoint: OutPoint, raw: bytes) -> TxOut:
    """The output that is spent, by the whole transaction of that name: else a fee could be hidden."""
    try:
        made = parse_tx(raw)
        if txid(made) == outpoint.txid:
            return made.outputs[outpoint.vout]
    except (BadTransaction, IndexError):
        pass
    raise BadPsbt(WireFault.FIELD, "the transaction that made a coin is not in it")


def _script(witness_script: bytes) -> bytes:
    return b"\0\x20" + hashlib.sha256(witness_script).digest()


def _own_place(fields: Fields, kind: bytes, key: AccountKey, witness_script: bytes) -> Place | None:
    """Where the owner's key is in a 2-of-3; None where it is in none."""
    keys = [witness_script[at : at + 33] for at in (2, 36, 70)]
    for name, value in fields.items():
        if name[:1] != kind or len(value) < 12:
            continue
        branch, index = (
            int.from_bytes(value[at : at + 4], "little") for at in (len(value) - 8, len(value) - 4)
        )
        try:
            fingerprint, path = derivation(key, Place(branch, index))
            own = child_public_key(key, Place(branch, index))
            is_ours = own in keys and two_of_three(keys) == witness_script
        except BadKey:
            continue
        steps = b"".join(step.to_bytes(4, "little") for step in path)
        if is_ours and name[1:] == own and value == fingerprint + steps:
            return Place(branch, index)
    return None


def _output(one: TxOut, fields: Fields, key: AccountKey, network: Network, ours: set[bytes]) -> Output:
    witness_script = fields.get(_OUTPUT_WITNESS_SCRIPT, b"")
    place = _own_place(fields, _OUTPUT_DERIVATION, key, witness_script)
    address = address_of(one.script, network) or f"script {one.script.hex()}"
    may_be = not ours and place is not None and one.script == _script(witness_script)
    return Output(address, one.value_sats, one.script in ours, may_be)


def signed(spend: Spend, secret: AccountSecret) -> str:
    """The PSBT with this key's signature of each coin, and otherwise as it was."""
    inputs = []
    for index, (coin, fields) in enumerate(zip(spend.coins, spend.psbt.inputs, strict=True)):
        digest = sighash_all(spend.psbt.tx, index, coin.witness_script, coin.value_sats)
        own = child_public_key(secret.key, coin.place)
        signature = sign_digest(secret.secret_at(coin.place), digest)
        inputs.append({**fields, _PARTIAL_SIGNATURE + own: signature})
    return psbt_text(replace(spend.psbt, inputs=tuple(inputs)))
