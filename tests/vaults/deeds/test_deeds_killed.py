"""Deeds in a process that is killed with -9 at each step: nothing or all, and the repeat does it once."""

import signal
import subprocess
import sys
from dataclasses import dataclass

import pytest
from django.conf import settings

from access.services import Origin
from custody.models import VaultWallet
from ledger.models import Transfer
from ledger.streams import events_of
from tests.platform.processes import environment
from tests.vaults.deeds.scene import (
    E8,
    NOON,
    assert_books_balance,
    funded_vault,
    mint_ask,
    new_key,
    opening_ask,
)
from tests.vaults.support.prices import set_price
from vaults.models import Operation, Vault
from vaults.services.minting import Mint, mint
from vaults.services.opening import Opening, open_vault
from vaults.services.repaying import Repay, repay
from vaults.services.saving import Save, save

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("committed_house")]

Ask = Mint | Repay | Save | Opening
STEPS = ["deed_keeping", "deed_kept", "deed_committed"]
OF_MONEY = ["deed_posting", *STEPS]
CASES = [
    *[(deed, step) for deed in ("MINT", "REPAY", "SAVE") for step in OF_MONEY],
    *[("OPEN", step) for step in STEPS],
]
CODE = """
import datetime
from uuid import UUID
from access.services import Origin
from vaults.rules.proofs import Proof
from vaults.services.minting import Mint, mint
from vaults.services.opening import Opening, open_vault
from vaults.services.repaying import Repay, repay
from vaults.services.saving import Save, save
ask, now = {ask!r}, {now!r}
{{Mint: mint, Repay: repay, Opening: open_vault, Save: lambda *a: save(*a, Origin())}}[type(ask)](ask, now)
"""


@dataclass
class Child:
    env: dict[str, str]

    def run(self, ask: Ask, fault: str) -> int:
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", CODE.format(ask=ask, now=NOON)],
            cwd=settings.BASE_DIR,
            env={**self.env, "BALLAST_VAULT_FAULT": fault},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode


@pytest.fixture
def child(committed_house: None, database_url: str) -> Child:
    network = {"BALLAST_CUSTODY": "1", "BALLAST_BITCOIN_NETWORK": "regtest"}
    return Child(environment(DATABASE_URL=database_url, REDIS_URL=settings.REDIS_URL, **network))


def an_ask(deed: str) -> Ask:
    if deed == "OPEN":
        return opening_ask()
    vault = funded_vault(sats=E8 // 10, debt=2_000 * E8)
    asks: dict[str, Ask] = {
        "MINT": mint_ask(vault, 500),
        "REPAY": Repay(vault.owner_id, vault.pk, new_key(), 500 * E8),
        "SAVE": Save(vault.owner_id, vault.pk, new_key(), repay_atoms=500 * E8),
    }
    return asks[deed]


def carry_out(ask: Ask) -> object:
    match ask:
        case Mint():
            return mint(ask, NOON)
        case Repay():
            return repay(ask, NOON)
        case Save():
            return save(ask, NOON, Origin())
        case Opening():
            return open_vault(ask, NOON)


def counts() -> tuple[int, int, int]:
    return Transfer.objects.count(), Operation.objects.count(), Vault.objects.count()


@pytest.mark.parametrize(("deed", "step"), CASES)
def test_a_process_is_killed(child: Child, deed: str, step: str) -> None:
    set_price(45_000)
    ask = an_ask(deed)
    before = counts()
    assert child.run(ask, step) == -signal.SIGKILL
    assert (counts() == before) == (step != "deed_committed")
    assert_books_balance()
    answer = carry_out(ask)
    after = counts()
    assert after != before
    assert (carry_out(ask), counts()) == (answer, after)
    vault = Vault.objects.get()
    assert [one.version for one in events_of(vault.stream)] == list(range(1, vault.version + 1))
    assert VaultWallet.objects.count() == (deed == "OPEN")
    assert_books_balance()
