"""The cases of BIP-174: what is a PSBT, what is none, and what a signer must refuse."""

import pytest

from custody.bitcoin.errors import BadPsbt, PlanMismatch
from custody.bitcoin.psbts import check_signable, read_psbt, signatures_in
from custody.bitcoin.transactions import serialize
from tests.custody.bitcoin.cases import BIP174
from tests.custody.support.wallets import pay, plan_of, vault_wallet


def cases(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", BIP174[kind], ids=lambda case: (case["case"] or "step")[:50])


@cases("invalid")
def test_what_is_invalid_is_refused(case: dict[str, str]) -> None:
    with pytest.raises(BadPsbt):
        read_psbt(case["base64"])


@cases("valid")
def test_what_is_valid_is_read(case: dict[str, str]) -> None:
    read_psbt(case["base64"])


@cases("workflow")
def test_each_step_of_the_workflow_is_read_as_the_same_transaction(case: dict[str, str]) -> None:
    psbt = read_psbt(case["base64"])
    assert len(psbt.inputs) == len(psbt.tx.inputs)
    assert len(psbt.outputs) == len(psbt.tx.outputs)
    assert serialize(psbt.tx, witness=False) == psbt.fields[b"\0"]


@cases("signer_must_refuse")
def test_what_a_signer_must_refuse_is_read_and_not_signable(case: dict[str, str]) -> None:
    read_psbt(case["base64"])
    with pytest.raises(BadPsbt):
        check_signable(case["base64"])


@pytest.mark.parametrize("kind", ["invalid", "valid", "workflow", "signer_must_refuse"])
def test_none_of_them_is_taken_for_a_plan_of_ours(kind: str) -> None:
    plan = plan_of(vault_wallet(), pay(10_000))
    for case in BIP174[kind]:
        with pytest.raises((BadPsbt, PlanMismatch)):
            signatures_in(plan, case["base64"])
