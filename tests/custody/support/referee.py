"""Bitcoin Core's consensus engine as the referee of finished transactions."""

import pbk

from custody.bitcoin.scripts import script_at
from custody.bitcoin.transactions import serialize
from custody.bitcoin.types import SpendPlan, Tx, TxOut

_Flag = pbk.ScriptVerificationFlags
# Everything but taproot, for which it would want all spent outputs.
_RULES = (
    _Flag.P2SH
    | _Flag.DERSIG
    | _Flag.NULLDUMMY
    | _Flag.CHECKLOCKTIMEVERIFY
    | _Flag.CHECKSEQUENCEVERIFY
    | _Flag.WITNESS
)


def is_valid_spend(tx: Tx, index: int, spent: TxOut) -> bool:
    """Whether this input may spend that output."""
    raw = pbk.Transaction(serialize(tx))
    return bool(pbk.ScriptPubkey(spent.script).verify(spent.value_sats, raw, None, index, _RULES))


def is_valid(plan: SpendPlan, tx: Tx) -> bool:
    """Whether each input of the plan's transaction may spend its coin."""
    coins = [TxOut(one.value_sats, script_at(plan.wallet, one.place).script) for one in plan.inputs]
    return len(coins) == len(tx.inputs) and all(
        is_valid_spend(tx, index, coin) for index, coin in enumerate(coins)
    )
