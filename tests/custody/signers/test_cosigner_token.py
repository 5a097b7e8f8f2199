"""A co-signer whose key lies in a token: one fixed key per vault, and the same contract."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.bitcoin.plans import finalize
from custody.bitcoin.types import Purpose, Role
from custody.signers.pkcs11 import TokenPlace
from tests.custody.support.cosigners import Cosigner
from tests.custody.support.psbt_maps import signatures_by, signed_psbt
from tests.custody.support.referee import is_valid
from tests.custody.support.wallets import account, pay, plan_of, vault_wallet

OWNER = account("user", Role.USER)


@pytest.fixture
def cosigner(tmp_path: Path, tokens: tuple[TokenPlace, TokenPlace]) -> Iterator[Cosigner]:
    pin = tmp_path / "pin"
    pin.touch(0o600)
    pin.write_text(tokens[0].pin)
    settings = {
        "TOKEN_PROTOCOL": f"{tokens[0].library}?token={tokens[0].token}",
        "PIN_FILE_PROTOCOL": str(pin),
    }
    assert "SOFTHSM2_CONF" in os.environ
    cosigner = Cosigner(tmp_path, "protocol", "protocol", settings).start()
    yield cosigner
    cosigner.kill()


def test_it_signs_for_a_vault_with_a_key_of_its_own(cosigner: Cosigner) -> None:
    signer = cosigner.signer(Role.PROTOCOL)
    assert signer.describe().key is None
    key = signer.fixed_key("vault 41")
    assert signer.fixed_key("vault 41") == key
    vault = vault_wallet(protocol=key)
    plan = plan_of(vault, pay(1_000_000), purpose=Purpose.VAULT)
    psbt = signed_psbt(plan, OWNER)
    signatures = signer.sign(plan, psbt)
    cosigner.kill()
    cosigner.start()
    assert signer.sign(plan, psbt) == signatures
    tx = finalize(plan, {vault.keys[0]: signatures_by(plan, OWNER), key: signatures})
    assert is_valid(plan, tx)
    assert [row["deed"] for row in cosigner.journal()] == ["sign", "sign", "fixed-key", "fixed-key"]
