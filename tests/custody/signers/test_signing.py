"""What every signer does that is asked for a good plan: the contract of signers, over all kinds of them."""

from dataclasses import replace

import pytest

from custody.bitcoin.plans import check_final, finalize
from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.types import CHANGE, FixedKey, Network, Place, Purpose, Role
from custody.signers.policy import position_of
from custody.signers.signer import Refusal, SignerRefused, cold_reference
from tests.custody.signers.conftest import OWNER, Team
from tests.custody.support.psbt_maps import signatures_by, signed_psbt
from tests.custody.support.referee import is_valid
from tests.custody.support.wallets import BTC, bumped, coin, cold_address, pay, plan_of

FEW = 1_000_000


@pytest.mark.parametrize("role", [Role.PROTOCOL, Role.BACKUP])
def test_it_says_who_it_is(team: Team, role: Role) -> None:
    told = team.by(role).describe()
    assert (told.role, told.party, told.network) == (role, "tests", Network.REGTEST)
    expected = None if team.kind == "token" else team.vault.keys[position_of(role)]
    assert told.key == expected


def test_the_hot_signer_says_its_key(hot_team: Team) -> None:
    told = hot_team.by(Role.HOT).describe()
    assert (told.role, told.key) == (Role.HOT, hot_team.hot_wallet.keys[0])


def test_the_hot_signer_pays_withdrawals_from_many_coins(hot_team: Team, spend_id: str) -> None:
    coins = tuple(coin(hot_team.hot_wallet, BTC, index=index, number=index) for index in range(5))
    plan = plan_of(
        hot_team.hot_wallet,
        pay(FEW, f"{spend_id}:a"),
        pay(FEW, f"{spend_id}:b"),
        coins=coins,
        spend_id=spend_id,
    )
    signatures = hot_team.by(Role.HOT).sign(plan, psbt_of(plan))
    tx = finalize(plan, {hot_team.hot_wallet.keys[0]: signatures})
    check_final(plan, tx)
    assert is_valid(plan, tx)


def test_the_hot_signer_sweeps_to_cold_storage_whatever_it_is_worth(hot_team: Team, spend_id: str) -> None:
    coins = (coin(hot_team.hot_wallet, 400 * BTC),)
    swept = replace(pay(300 * BTC, cold_reference(7)), address=cold_address(7))
    plan = plan_of(hot_team.hot_wallet, swept, coins=coins, purpose=Purpose.SWEEP, spend_id=spend_id)
    tx = finalize(plan, {hot_team.hot_wallet.keys[0]: hot_team.by(Role.HOT).sign(plan, psbt_of(plan))})
    assert is_valid(plan, tx)


def test_the_hot_signer_pays_for_a_parent_by_a_child(hot_team: Team, spend_id: str) -> None:
    coins = (coin(hot_team.hot_wallet, BTC, branch=CHANGE, index=3),)
    plan = plan_of(hot_team.hot_wallet, coins=coins, purpose=Purpose.BUMP, spend_id=spend_id, fee=20_000)
    tx = finalize(plan, {hot_team.hot_wallet.keys[0]: hot_team.by(Role.HOT).sign(plan, psbt_of(plan))})
    assert is_valid(plan, tx)


def test_the_protocol_signs_last_what_the_owner_signed(team: Team, spend_id: str) -> None:
    coins = tuple(coin(team.vault, BTC, index=4, number=number) for number in range(3))
    plan = plan_of(
        team.vault, pay(FEW, spend_id), coins=coins, purpose=Purpose.VAULT, spend_id=spend_id, change_index=4
    )
    signatures = team.protocol.sign(plan, signed_psbt(plan, OWNER))
    user, protocol, _ = team.vault.keys
    tx = finalize(plan, {user: signatures_by(plan, OWNER), protocol: signatures})
    check_final(plan, tx)
    assert is_valid(plan, tx)


def test_the_backup_helps_an_owner_without_the_house(team: Team, spend_id: str) -> None:
    plan = plan_of(team.vault, pay(FEW, spend_id), purpose=Purpose.RECOVERY, spend_id=spend_id)
    signatures = team.backup.sign(plan, signed_psbt(plan, OWNER))
    user, _, backup = team.vault.keys
    tx = finalize(plan, {user: signatures_by(plan, OWNER), backup: signatures})
    assert is_valid(plan, tx)


def test_it_answers_the_same_plan_with_the_same_signatures(team: Team, spend_id: str) -> None:
    plan = plan_of(team.vault, pay(FEW, spend_id), purpose=Purpose.VAULT, spend_id=spend_id)
    psbt = signed_psbt(plan, OWNER)
    assert team.protocol.sign(plan, psbt) == team.protocol.sign(plan, psbt)


def test_it_signs_a_replacement_that_pays_the_same_from_a_shared_coin(team: Team, spend_id: str) -> None:
    plan = plan_of(team.vault, pay(FEW, spend_id), purpose=Purpose.VAULT, spend_id=spend_id)
    for one in (plan, bumped(plan, 9_000)):
        signatures = team.protocol.sign(one, signed_psbt(one, OWNER))
        user, protocol, _ = team.vault.keys
        assert is_valid(one, finalize(one, {user: signatures_by(one, OWNER), protocol: signatures}))


def test_its_signatures_are_short_because_their_s_is_low(team: Team, spend_id: str) -> None:
    coins = tuple(coin(team.vault, BTC, number=number) for number in range(30))
    plan = plan_of(
        team.vault, pay(FEW, spend_id), coins=coins, purpose=Purpose.VAULT, spend_id=spend_id, fee=9_000
    )
    signatures = team.protocol.sign(plan, signed_psbt(plan, OWNER))
    assert len(signatures) == 30
    assert max(len(one) for one in signatures) <= 72
    user, protocol, _ = team.vault.keys
    assert is_valid(plan, finalize(plan, {user: signatures_by(plan, OWNER), protocol: signatures}))


def test_only_a_token_gives_fixed_keys_and_each_label_has_one(team: Team) -> None:
    if team.kind != "token":
        with pytest.raises(SignerRefused) as refused:
            team.protocol.fixed_key("vault 2")
        assert refused.value.reason is Refusal.NO_TOKEN
        return
    key = team.protocol.fixed_key("vault 2")
    assert isinstance(key, FixedKey)
    assert team.protocol.fixed_key("vault 2") == key
    assert team.protocol.fixed_key("vault 3") != key
    assert team.backup.fixed_key("vault 2") != key


@pytest.mark.parametrize("label", ["", "x" * 65, "vault\n2", "tresor é"])
def test_it_refuses_a_label_that_no_token_should_have(team: Team, label: str) -> None:
    with pytest.raises(SignerRefused) as refused:
        team.protocol.fixed_key(label)
    assert refused.value.reason is Refusal.FORMAT


def test_change_at_another_address_of_the_wallet_is_its_own(hot_team: Team, spend_id: str) -> None:
    plan = plan_of(hot_team.hot_wallet, pay(FEW, spend_id), spend_id=spend_id, change_index=2_000_000)
    assert plan.change is not None
    assert plan.change.place == Place(CHANGE, 2_000_000)
    assert len(hot_team.by(Role.HOT).sign(plan, psbt_of(plan))) == 1
