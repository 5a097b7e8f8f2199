"""The shared cases of a 2-of-3: made by others, and ours to the byte."""

from dataclasses import dataclass
from typing import Any

import pytest

from custody.bitcoin.addresses import address_of
from custody.bitcoin.errors import PlanMismatch
from custody.bitcoin.plans import check_final, estimated_vbytes, finalize
from custody.bitcoin.psbts import psbt_of, read_psbt, signatures_in, with_signatures
from custody.bitcoin.transactions import parse_tx, serialize, vbytes, weight
from custody.bitcoin.types import (
    RECEIVE,
    KeySource,
    Payment,
    Place,
    Purpose,
    Role,
    SpendInput,
    SpendPlan,
    Tx,
)
from tests.custody.bitcoin.cases import MULTISIG
from tests.custody.bitcoin.test_finishing import VAULT_SPOILS, with_witness
from tests.custody.support.psbt_maps import signatures_by
from tests.custody.support.referee import is_valid
from tests.custody.support.wallets import account, vault_wallet

VAULT = vault_wallet()
SECRETS = {role: account(role, Role(role)) for role in ("user", "protocol", "backup")}
SPOILS = {
    "signatures_swapped": VAULT_SPOILS["signatures swapped"],
    "one_signature_twice": VAULT_SPOILS["one signature twice"],
    "one_signature": VAULT_SPOILS["one signature"],
}


@dataclass(frozen=True, slots=True)
class Case:
    signers: tuple[str, str]
    facts: dict[str, Any]

    @property
    def tx(self) -> Tx:
        return parse_tx(bytes.fromhex(self.facts["final_tx"]))

    @property
    def plan(self) -> SpendPlan:
        """Its coin is made up: no transaction made it."""
        tx = self.tx
        payments = tuple(
            Payment(address_of(one.script, VAULT.network) or "", one.value_sats, f"{at}")
            for at, one in enumerate(tx.outputs)
        )
        value = MULTISIG["utxo_sats"]
        spent = SpendInput(tx.inputs[0].outpoint, value, Place(RECEIVE, 0), b"")
        fee = value - sum(one.value_sats for one in payments)
        return SpendPlan("case", 0, Purpose.VAULT, VAULT, (spent,), payments, None, fee)

    def signatures(self, *names: str) -> dict[KeySource, tuple[bytes, ...]]:
        return {SECRETS[name].key: signatures_by(self.plan, SECRETS[name]) for name in names}


CASES = [Case(tuple(one["signers"]), one) for one in MULTISIG["cases"]]
named = pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case.signers))


@named
def test_the_psbt_is_the_same(case: Case) -> None:
    assert psbt_of(case.plan) == case.facts["psbt"]
    assert read_psbt(case.facts["psbt"]).tx.outputs == case.tx.outputs


@named
def test_each_signature_is_the_same(case: Case) -> None:
    for name, text in (case.facts["partials"] or {}).items():
        assert with_signatures(case.plan, case.signatures(name)) == text
        assert signatures_in(case.plan, text) == case.signatures(name)


@named
def test_the_finished_transaction_is_the_same(case: Case) -> None:
    tx = finalize(case.plan, case.signatures(*case.signers))
    assert serialize(tx).hex() == case.facts["final_tx"]
    assert (weight(tx), vbytes(tx)) == (case.facts["weight"], case.facts["vbytes"])
    assert estimated_vbytes(VAULT, 1, [one.script for one in tx.outputs]) == case.facts["vbytes"]


@named
def test_bitcoin_core_accepts_what_the_case_says_it_accepts(case: Case) -> None:
    check_final(case.plan, case.tx)
    assert is_valid(case.plan, case.tx) is case.facts["consensus_valid"]


@named
@pytest.mark.parametrize("name", SPOILS)
def test_tampered_ones_are_refused(case: Case, name: str) -> None:
    spoiled = with_witness(case.tx, SPOILS[name](case.tx.inputs[0].witness))
    assert is_valid(case.plan, spoiled) is case.facts["tampered"][name]
    with pytest.raises(PlanMismatch):
        check_final(case.plan, spoiled)
