"""A vault's coins go out by its owner's signature first and the protocol's last."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from access.models import AccountRole
from access.roles import Role as AccountsRole
from custody.bitcoin import psbts
from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import Network, Payment, Place, Role, TxOut
from custody.dev_chain.calls_transactions import FEE_RATE
from custody.errors import (
    BelowMinimum,
    FundsTooSmall,
    InvalidAddress,
    InvalidPsbt,
    InvalidState,
    PsbtMismatch,
    WalletNotFound,
)
from custody.models import AccountFreeze, Coin, Spend, VaultWallet, WatchedScript
from custody.rules.terms import Terms
from custody.selectors_spends import sent_tx, troubled_spends
from custody.services.spending.vaults import accept_owner_psbt, drop_vault_spend, plan_vault_spend
from custody.signers.memory import memory_signer
from custody.signers.policy import Rules
from ledger.rules import Purpose
from tests.custody.spending.vault_scene import REFERENCE, owner_signed, planned, signatures_alone
from tests.custody.support.house import balance
from tests.custody.support.paying import (
    BTC,
    PayingHouse,
    assert_all_is_true,
    is_in_mempool,
    latest,
    plan_of,
    tx_of,
)
from tests.custody.support.wallets import address, hot_wallet, seed_of

pytestmark = pytest.mark.long


def test_owner_then_protocol_then_the_network(bare_house: PayingHouse, vault: VaultWallet) -> None:
    one = planned()
    assert bare_house.turn().signed == 0  # the owner has not signed

    accept_owner_psbt(spend_id=one.spend.pk, text=owner_signed(one))
    assert sent_tx(latest(one.spend)) is None
    turn = bare_house.turn()

    assert (turn.signed, turn.told) == (1, 1)
    version = latest(one.spend)
    assert is_in_mempool(bare_house, version.txid)
    assert tx_of(version).outputs[0].value_sats == BTC
    bare_house.mine()
    one.spend.refresh_from_db()
    assert one.spend.status == "SETTLED"
    assert balance(Purpose.HOT_WALLET) == 0  # a vault's coins are not the house's
    left = Coin.objects.get(watched__wallet=REFERENCE, spent_by="")
    assert left.value_sats == 2 * BTC - BTC - version.fee_sats
    assert (left.watched.branch, left.watched.index) == (1, vault.index)
    assert_all_is_true()


def test_it_waits_while_its_owner_is_frozen_suspended_or_disabled(
    bare_house: PayingHouse, vault: VaultWallet
) -> None:
    """Else one that was signed while all was stopped would go out when the stop ends, whoever was barred."""
    one = planned()
    accept_owner_psbt(spend_id=one.spend.pk, text=owner_signed(one))
    freeze = AccountFreeze.objects.create(owner=vault.owner, reason="a doubt")
    assert bare_house.turn().signed == 0
    AccountFreeze.objects.filter(pk=freeze.pk).update(ended_at=timezone.now())
    role = AccountRole.objects.create(
        user=vault.owner, role=AccountsRole.SUSPENDED, changed_at=timezone.now()
    )
    assert bare_house.turn().signed == 0
    role.delete()
    User.objects.filter(pk=vault.owner_id).update(is_active=False)
    assert bare_house.turn().signed == 0
    User.objects.filter(pk=vault.owner_id).update(is_active=True)
    turn = bare_house.turn()
    assert (turn.signed, turn.told) == (1, 1)


def test_a_reorg_undoes_it_and_it_is_told_again(bare_house: PayingHouse, vault: VaultWallet) -> None:
    one = planned()
    accept_owner_psbt(spend_id=one.spend.pk, text=owner_signed(one))
    bare_house.settle()
    bare_house.reorg(1)
    one.spend.refresh_from_db()
    assert one.spend.status == "BROADCAST"
    bare_house.turn()
    bare_house.mine()
    one.spend.refresh_from_db()
    assert (one.spend.status, one.spend.settlements) == ("SETTLED", 2)


def test_the_same_psbt_again_changes_nothing(bare_house: PayingHouse, vault: VaultWallet) -> None:
    one = planned()
    text = owner_signed(one)
    accept_owner_psbt(spend_id=one.spend.pk, text=text)
    bare_house.turn()
    assert accept_owner_psbt(spend_id=one.spend.pk, text=text).status == "BROADCAST"
    assert accept_owner_psbt(spend_id=one.spend.pk, text=signatures_alone(text)).status == "BROADCAST"
    with pytest.raises(PsbtMismatch):
        accept_owner_psbt(spend_id=one.spend.pk, text=one.psbt)


def test_a_plan_that_was_dropped_takes_no_signatures(bare_house: PayingHouse, vault: VaultWallet) -> None:
    one = planned()
    text = owner_signed(one)
    drop_vault_spend(spend_id=one.spend.pk)
    with pytest.raises(InvalidState):
        accept_owner_psbt(spend_id=one.spend.pk, text=text)


def test_only_the_signatures_of_what_a_wallet_gives_back_go_further(
    bare_house: PayingHouse, vault: VaultWallet
) -> None:
    one = planned()
    accept_owner_psbt(spend_id=one.spend.pk, text=signatures_alone(owner_signed(one)))
    assert latest(one.spend).owner_psbt == owner_signed(one)
    bare_house.settle()
    one.spend.refresh_from_db()
    assert one.spend.status == "SETTLED"


def test_coins_that_large_transactions_made_are_spent_all_the_same(
    bare_house: PayingHouse, vault: VaultWallet
) -> None:
    """Whoever pays a vault decides how large his transaction is."""
    script = bytes(WatchedScript.objects.get(wallet=REFERENCE, branch=0).script)
    crowd = [TxOut(600, script_at(hot_wallet("crowd"), Place(0, 0)).script)] * 2_900
    for _ in range(3):
        bare_house.node.pay([TxOut(3 * BTC, script), *crowd])
        bare_house.mine()
    one = planned(8 * BTC)
    assert len(one.psbt) > 300_000

    accept_owner_psbt(spend_id=one.spend.pk, text=owner_signed(one))
    bare_house.settle()
    one.spend.refresh_from_db()
    assert one.spend.status == "SETTLED"


@pytest.mark.parametrize("text", ["", "not base64!", "cHNidP8=", "A" * 5_000_000, "psbt\xff"])
def test_what_is_no_psbt_is_refused(bare_house: PayingHouse, vault: VaultWallet, text: str) -> None:
    one = planned()
    with pytest.raises(InvalidPsbt):
        accept_owner_psbt(spend_id=one.spend.pk, text=text)


def test_another_transaction_is_refused(bare_house: PayingHouse, vault: VaultWallet) -> None:
    one = planned()
    plan = plan_of(latest(one.spend))
    elsewhere = replace(plan, payments=(replace(plan.payments[0], address=address("mallory")),))
    with pytest.raises(PsbtMismatch):
        accept_owner_psbt(spend_id=one.spend.pk, text=psbts.psbt_of(elsewhere))


def test_an_unsigned_one_and_one_signed_by_another_are_refused(
    bare_house: PayingHouse, vault: VaultWallet
) -> None:
    one = planned()
    plan = plan_of(latest(one.spend))
    given = memory_signer(seed_of("user"), Rules(Role.USER, Network.REGTEST)).sign(plan, one.psbt)
    by_backup = psbts.with_signatures(plan, {plan.wallet.keys[2]: given})
    for text in (one.psbt, by_backup):
        with pytest.raises(PsbtMismatch):
            accept_owner_psbt(spend_id=one.spend.pk, text=text)
    assert bare_house.turn().signed == 0


def test_coins_are_held_by_one_plan_and_free_when_it_is_dropped(
    bare_house: PayingHouse, vault: VaultWallet
) -> None:
    one = planned()
    with pytest.raises(FundsTooSmall):
        planned(reference="vault-withdrawal:2")
    drop_vault_spend(spend_id=one.spend.pk)
    assert planned(reference="vault-withdrawal:2").spend.status == "PLANNED"


def test_it_is_dropped_only_before_a_signer_is_asked(bare_house: PayingHouse, vault: VaultWallet) -> None:
    one = planned()
    accept_owner_psbt(spend_id=one.spend.pk, text=owner_signed(one))
    bare_house.turn()
    with pytest.raises(InvalidState):
        drop_vault_spend(spend_id=one.spend.pk)


def test_bad_payments_are_refused(bare_house: PayingHouse, vault: VaultWallet) -> None:
    with pytest.raises(BelowMinimum):
        planned(sats=100)
    with pytest.raises(FundsTooSmall):
        planned(sats=2 * BTC)
    nowhere = Payment("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", BTC, "x")
    with pytest.raises(InvalidAddress):
        plan_vault_spend(reference=REFERENCE, payments=[nowhere], fee_rate=3_000)


@pytest.mark.parametrize("references", [(), ("",), ("one", "one"), tuple(map(str, range(101)))])
def test_what_a_signer_would_refuse_for_good_is_not_planned(
    bare_house: PayingHouse, vault: VaultWallet, references: tuple[str, ...]
) -> None:
    payments = [Payment(address("carol"), 1_000, one) for one in references]
    with pytest.raises(AssertionError):
        plan_vault_spend(reference=REFERENCE, payments=payments, fee_rate=3_000)
    assert not Spend.objects.exists()


def test_there_is_no_plan_of_a_vault_that_is_none(bare_house: PayingHouse) -> None:
    payment = Payment(address("carol"), BTC, "x")
    with pytest.raises(WalletNotFound):
        plan_vault_spend(reference="vault:9", payments=[payment], fee_rate=3_000)


def test_a_stuck_one_is_told_to_people_and_not_replaced_without_its_owner(
    bare_house: PayingHouse, vault: VaultWallet
) -> None:
    one = planned()
    accept_owner_psbt(spend_id=one.spend.pk, text=owner_signed(one))
    bare_house.pay()
    bare_house.mine_empty(Terms().bump_after_blocks)
    bare_house.node.set(FEE_RATE, "90000")
    assert bare_house.turn().bumped == 0
    assert [found.pk for found in troubled_spends()] == [one.spend.pk]
    assert one.spend.versions.count() == 1
    bare_house.mine()
    assert troubled_spends() == []
