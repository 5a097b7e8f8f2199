"""The coins of a vault, from raw transactions, an Esplora or a Bitcoin Core. What they say is checked."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from custody.bitcoin.errors import BadTransaction
from custody.bitcoin.plans import MAX_INPUTS
from custody.bitcoin.recovery import VaultExport
from custody.bitcoin.scripts import script_at
from custody.bitcoin.transactions import MAX_TX_BYTES, parse_tx, txid
from custody.bitcoin.types import CHANGE, RECEIVE, OutPoint, Place, SpendInput
from custody.chains.json_rpc import JsonRpc, Login
from custody.chains.transport import Transport

_TIMEOUT_S = 30.0
_SCAN_TIMEOUT_S = 900.0  # a node goes through all coins there are
_LIST_BYTES = 1_000_000


class CoinsUnknown(Exception):
    """Where they were asked for nothing sensible was answered."""


def places(vault: VaultExport) -> tuple[Place, ...]:
    return Place(RECEIVE, vault.index), Place(CHANGE, vault.index)


def coins_in(vault: VaultExport, raw_transactions: Iterable[bytes]) -> tuple[SpendInput, ...]:
    """Every output of them that is the vault's, unless another of them spends it. Raises BadTransaction."""
    made: dict[OutPoint, SpendInput] = {}
    spent: set[OutPoint] = set()
    by_script = {script_at(vault.wallet, place).script: place for place in places(vault)}
    for raw in raw_transactions:
        tx = parse_tx(raw)
        spent |= {one.outpoint for one in tx.inputs}
        for vout, output in enumerate(tx.outputs):
            place = by_script.get(output.script)
            if place is not None:
                outpoint = OutPoint(txid(tx), vout)
                made[outpoint] = SpendInput(outpoint, output.value_sats, place, raw)
    return tuple(made[one] for one in sorted(made) if one not in spent)


def raw_transactions(text: str) -> list[bytes]:
    """Hex, one a line. Raises BadTransaction."""
    try:
        return [bytes.fromhex(line) for line in text.split()]
    except ValueError:
        raise CoinsUnknown("a line of the file is not hex") from None


def coins_from_esplora(vault: VaultExport, url: str) -> tuple[SpendInput, ...]:
    """Raises CoinsUnknown, or ChainUnavailable."""
    server = Transport(url.rstrip("/"), _TIMEOUT_S)
    listed: list[Mapping[str, Any]] = []
    for place in places(vault):
        address = script_at(vault.wallet, place).address
        answer = server.get(f"/address/{address}/utxo", limit=_LIST_BYTES)
        listed += _listed(answer.body if answer.status == 200 else b"")
    raws: dict[str, bytes] = {}
    outpoints = [_outpoint(one) for one in _most_valuable(listed)]
    for one in outpoints:
        if one.txid not in raws:
            raws[one.txid] = server.get(f"/tx/{one.txid}/raw", limit=MAX_TX_BYTES).body
    return _unspent(vault, raws.values(), outpoints)


def coins_from_core(vault: VaultExport, url: str) -> tuple[SpendInput, ...]:
    """By a scan of all coins, without a wallet or an index. Raises CoinsUnknown, ChainUnavailable."""
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    node = JsonRpc(address, parts.path or "/", _login(parts), _SCAN_TIMEOUT_S)
    wanted = [f"addr({script_at(vault.wallet, place).address})" for place in places(vault)]
    found = node.call("scantxoutset", "start", wanted, limit=_LIST_BYTES)
    listed = found.get("unspents") if isinstance(found, dict) else None
    outpoints: list[OutPoint] = []
    raws: dict[str, bytes] = {}
    for one in _most_valuable(_checked_list(listed)):
        outpoint = _outpoint(one)
        outpoints.append(outpoint)
        block = node.call("getblockhash", one.get("height"))
        raw = node.call("getrawtransaction", outpoint.txid, False, block, limit=3 * MAX_TX_BYTES)
        raws[outpoint.txid] = _hex(str(raw))
    return _unspent(vault, raws.values(), outpoints)


def _login(parts: SplitResult) -> Login:
    """By the node's cookie file: who lists this machine's processes reads a password."""
    cookies = parse_qs(parts.query).get("cookie", [])
    if cookies:
        return Login(cookie=Path(cookies[0]))
    return Login(unquote(parts.username or ""), unquote(parts.password or ""))


def _unspent(vault: VaultExport, raws: Iterable[bytes], told: Collection[OutPoint]) -> tuple[SpendInput, ...]:
    try:
        return tuple(one for one in coins_in(vault, raws) if one.outpoint in told)
    except BadTransaction as error:
        raise CoinsUnknown("it answers what is no transaction") from error


def _most_valuable(listed: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """As many as are spent at once: nobody can hide the coins that matter behind many small ones."""

    def told(one: Mapping[str, Any]) -> Any:
        value = one.get("value", one.get("amount"))
        return value if isinstance(value, int | float | Decimal) else 0

    return sorted(listed, key=told, reverse=True)[:MAX_INPUTS]


def _listed(body: bytes) -> list[Mapping[str, Any]]:
    try:
        return _checked_list(json.loads(body))
    except (ValueError, RecursionError):
        raise CoinsUnknown("it does not say which coins there are") from None


def _checked_list(listed: object) -> list[Mapping[str, Any]]:
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise CoinsUnknown("it does not say which coins there are")
    return listed


def _outpoint(listed: Mapping[str, Any]) -> OutPoint:
    txid_, vout = listed.get("txid"), listed.get("vout")
    if not isinstance(txid_, str) or len(txid_) != 64 or not txid_.isalnum() or not isinstance(vout, int):
        raise CoinsUnknown("it does not say which coins there are")
    return OutPoint(txid_, vout)


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise CoinsUnknown("it answers what is no transaction") from None
