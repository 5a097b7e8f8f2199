"""The miner's wallet of the development chain: keys from one secret in the folder, coins from the chain.

It is worth nothing anywhere else: regtest alone.
"""

import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coincurve import PrivateKey

from custody.bitcoin.addresses import address_of
from custody.bitcoin.keys import key_hash
from custody.bitcoin.signatures import sign_digest
from custody.bitcoin.transactions import sighash_all, vbytes
from custody.bitcoin.types import SEQUENCE_RBF, Network, OutPoint, Tx, TxIn, TxOut
from custody.dev_chain import policy
from custody.dev_chain.coins import Coin, coins_of
from custody.dev_chain.errors import ChainError, Code
from custody.dev_chain.pool import Pool
from custody.dev_chain.store import Store

_MOST_ADDRESSES = 10_000
_MOST_INPUTS = 500
_SIGNATURE_BYTES = 72


@dataclass(frozen=True, slots=True)
class Balance:
    trusted_sats: int
    immature_sats: int


class Miner:
    def __init__(self, folder: Path, store: Store) -> None:
        self._secret = _kept_secret(folder / "miner.key")
        self._store = store
        rows = store.rows.execute("SELECT script, number FROM addresses")
        self._numbers: dict[bytes, int] = dict(rows.fetchall())
        if not self._numbers:
            self.new_address()
        self.script = self._script(0)

    def new_address(self) -> str:
        number = len(self._numbers)
        if number >= _MOST_ADDRESSES:
            raise ChainError(Code.PARAMETER, f"The miner has {_MOST_ADDRESSES} addresses already")
        script = self._script(number)
        with self._store.change():
            self._store.rows.execute("INSERT INTO addresses VALUES (?, ?)", (script, number))
        self._numbers[script] = number
        address = address_of(script, Network.REGTEST)
        assert address is not None, "a key's script has an address"
        return address

    def owns(self, script: bytes) -> bool:
        return script in self._numbers

    def balance(self, pool: Pool) -> Balance:
        coins = self._coins(pool)
        ripe = sum(one.value_sats for one in coins if self._is_ripe(one))
        return Balance(ripe, sum(one.value_sats for one in coins) - ripe)

    def pay(self, pool: Pool, outputs: Sequence[TxOut], rate: int) -> Tx:
        """Ripe coins, confirmed ones before change, as many as it takes; the rest comes back."""
        coins = sorted(filter(self._is_ripe, self._coins(pool)), key=_oldest_first)
        wanted = sum(one.value_sats for one in outputs)
        for count in range(1, min(len(coins), _MOST_INPUTS) + 1):
            chosen = coins[:count]
            left = sum(one.value_sats for one in chosen) - wanted
            fee = self._fee_sats(chosen, outputs, rate)
            if left >= fee:
                change = TxOut(left - fee, self.script)
                kept = [change] if change.value_sats >= policy.dust_sats(change) else []
                return self.signed(chosen, [*outputs, *kept])
        raise ChainError(Code.FUNDS, "Insufficient funds")

    def _fee_sats(self, chosen: Sequence[Coin], outputs: Sequence[TxOut], rate: int) -> int:
        blank = (bytes(_SIGNATURE_BYTES), bytes(33))
        inputs = tuple(TxIn(one.outpoint, witness=blank) for one in chosen)
        return policy.fee_at(rate, vbytes(Tx(2, inputs, (*outputs, TxOut(0, self.script)))))

    def signed(
        self,
        coins: Sequence[Coin],
        outputs: Sequence[TxOut],
        sequence: int = SEQUENCE_RBF,
        lock_time: int = 0,
    ) -> Tx:
        """Coins of the miner's, to whom and how much they say; what is left over is the fee."""
        bare = Tx(2, tuple(TxIn(one.outpoint, sequence) for one in coins), tuple(outputs), lock_time)
        signed = []
        for index, coin in enumerate(coins):
            key = self._key(self._numbers[coin.script])
            digest = sighash_all(
                bare, index, b"\x76\xa9\x14" + coin.script[2:] + b"\x88\xac", coin.value_sats
            )
            witness = (sign_digest(key.secret, digest), key.public_key.format())
            signed.append(replace(bare.inputs[index], witness=witness))
        return replace(bare, inputs=tuple(signed))

    def _coins(self, pool: Pool) -> list[Coin]:
        """Unspent ones; those that wait for a block only where the miner made them himself."""
        found = [coin for script in self._numbers for coin in coins_of(self._store, script)]
        for entry in pool.entries.values():
            if any(self._is_mine(one.witness) for one in entry.tx.inputs):
                found += [
                    Coin(OutPoint(entry.txid, vout), one.value_sats, one.script, None, False)
                    for vout, one in enumerate(entry.tx.outputs)
                    if self.owns(one.script)
                ]
        return [one for one in found if one.outpoint not in pool.spenders]

    def _is_mine(self, witness: Sequence[bytes]) -> bool:
        return len(witness) == 2 and self.owns(_script_of(witness[1]))

    def _is_ripe(self, coin: Coin) -> bool:
        age = self._store.height() + 1 - (coin.height or 0)
        return not coin.is_coinbase or age >= policy.MATURITY_BLOCKS

    def _script(self, number: int) -> bytes:
        return _script_of(self._key(number).public_key.format())

    def _key(self, number: int) -> PrivateKey:
        return PrivateKey(hashlib.sha256(self._secret + number.to_bytes(4, "big")).digest())


def _oldest_first(coin: Coin) -> tuple[bool, int, int]:
    """What a reorganisation is least likely to take away."""
    return (coin.height is None, coin.height or 0, -coin.value_sats)


def _script_of(public_key: bytes) -> bytes:
    return b"\0\x14" + key_hash(public_key)


def _kept_secret(path: Path) -> bytes:
    if not path.exists():
        partial = path.with_suffix(".tmp")
        partial.unlink(missing_ok=True)
        with open(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        partial.rename(path)
    return path.read_bytes()
