"""Bitcoin Core's consensus engine: takes blocks, says which chain is the active one, and verifies scripts.

The only place that knows the binding. What is asked of the chain itself is kept beside it, in the store.
"""

import re
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pbk
from pbk.log import LoggingConnection
from pbk.script import PrecomputedTransactionData

from custody.bitcoin.types import TxOut

_LOG_LINES = 100
_REASON = re.compile(r"(?:AcceptBlock FAILED \(|ConnectBlock [0-9a-f]{64} failed, )([a-z0-9-]+)")
_FLAGS = pbk.ScriptVerificationFlags.ALL


class KernelFailed(Exception):
    """The engine cannot open its folder: somebody else has it, or it is spoiled."""


class Kernel:
    def __init__(self, folder: Path) -> None:
        # The engine gives verdicts to callbacks and reasons to its log alone.
        lines: deque[str] = deque(maxlen=_LOG_LINES)
        self._lines = lines
        self._log: Any = LoggingConnection(lambda line: lines.append(line))
        self._refused: set[str] = set()
        callbacks = pbk.ValidationInterfaceCallbacks(block_checked=self._hear)
        try:
            self._manager: Any = pbk.load_chainman(folder, pbk.ChainType.REGTEST, callbacks)
        except RuntimeError as error:
            raise KernelFailed(f"{error}: {' '.join(self._lines)[-300:]}") from None

    def process(self, raw: bytes, block_hash: str) -> str:
        """Take a block. Empty where it is valid or merely not on the best chain, else why it is refused."""
        self._lines.clear()
        self._refused.clear()
        try:
            self._manager.process_block(pbk.Block(raw))
        except pbk.ProcessBlockException:
            return self._reason()
        except RuntimeError:
            return "bad-block"
        if block_hash in self._refused:
            return self._reason()
        return "bad-prevblk" if self._refused else ""  # the one below was looked at only now

    def _hear(self, user_data: Any, block: Any, state: Any) -> None:
        if state.validation_mode is not pbk.ValidationMode.VALID:
            self._refused.add(str(block.block_hash))

    def _reason(self) -> str:
        found = [match.group(1) for line in self._lines if (match := _REASON.search(line))]
        return found[-1] if found else "bad-block"

    @property
    def height(self) -> int:
        return int(self._manager.get_active_chain().height)

    def hash_at(self, height: int) -> str:
        return str(self._manager.get_active_chain().block_tree_entries[height].block_hash)

    def genesis(self) -> bytes:
        chain = self._manager.get_active_chain()
        return bytes(self._manager.blocks[chain.block_tree_entries[0]])

    def knows(self, block_hash: str) -> bool:
        """Whether it keeps this very block, on whatever branch."""
        return pbk.BlockHash(bytes.fromhex(block_hash)[::-1]) in self._manager.block_tree_entries

    def close(self) -> None:
        """Write everything down and let go of the folder."""
        self._manager = None
        self._log = None


def script_holds(raw: bytes, index: int, spent: Sequence[TxOut]) -> bool:
    """Whether input `index` may spend `spent[index]`. Taproot signs all outputs that are spent."""
    transaction = pbk.Transaction(raw)
    outputs = [pbk.TransactionOutput(pbk.ScriptPubkey(one.script), one.value_sats) for one in spent]
    known = PrecomputedTransactionData(transaction, outputs)
    script = pbk.ScriptPubkey(spent[index].script)
    try:
        return bool(script.verify(spent[index].value_sats, transaction, known, index, _FLAGS))
    except pbk.ScriptVerifyException:
        return False
