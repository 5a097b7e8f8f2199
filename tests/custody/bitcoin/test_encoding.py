"""A plan is the same plan after it was JSON; what is not exactly one is refused."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.encoding import plan_from_json, plan_to_json, spec_from_json, spec_to_json
from custody.bitcoin.errors import BitcoinError, PlanFault, PlanMismatch, PrivateKey
from custody.bitcoin.types import FixedKey, Network, Place, Role, SpendPlan, WalletSpec
from tests.custody.support.wallets import BTC, account, cold_wallet, hot_wallet, pay, plan_of, vault_wallet

TOKEN = FixedKey(account("token", Role.PROTOCOL).public_key_at(Place(0, 0)))
SPECS = [hot_wallet(), vault_wallet(), vault_wallet(protocol=TOKEN), cold_wallet(Network.MAIN)]
PLANS = [
    plan_of(hot_wallet(), pay(10_000), pay(20_000, "withdrawal:2")),
    plan_of(vault_wallet(), pay(BTC - 2_000)),
    plan_of(hot_wallet(), fee=500, version=7),
]
JSON = plan_to_json(PLANS[0])


@pytest.mark.parametrize("spec", SPECS)
def test_a_spec_is_read_as_it_was_written(spec: WalletSpec) -> None:
    assert spec_from_json(json.loads(json.dumps(spec_to_json(spec)))) == spec


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_is_read_as_it_was_written(plan: SpendPlan) -> None:
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


def changed(*path: str | int, to: object) -> Any:
    content = copy.deepcopy(JSON)
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return content


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        "plan",
        {},
        changed("unknown", to=1),
        changed("fee_sats", to="2000"),
        changed("fee_sats", to=2000.0),
        changed("fee_sats", to=True),
        changed("fee_sats", to=-1),
        changed("fee_sats", to=2**64),
        changed("version", to=-1),
        changed("purpose", to="THEFT"),
        changed("spend_id", to="x" * 300),
        changed("wallet", "network", to="liquid"),
        changed("wallet", "kind", to="pkh"),
        changed("wallet", "keys", to=[]),
        changed("wallet", "keys", to=JSON["wallet"]["keys"] * 4),
        changed("wallet", "keys", 0, to=5),
        changed("wallet", "keys", 0, to="xpub"),
        changed("inputs", to=JSON["inputs"] * 101),
        changed("payments", to=JSON["payments"] * 101),
        changed("inputs", 0, "txid", to="11" * 31),
        changed("inputs", 0, "txid", to="AA" * 32),
        changed("inputs", 0, "txid", to="11" * 32 + "\n"),
        changed("inputs", 0, "vout", to=-1),
        changed("inputs", 0, "branch", to=2),
        changed("inputs", 0, "index", to=2**31),
        changed("inputs", 0, "previous_tx", to="0"),
        changed("inputs", 0, "previous_tx", to="zz"),
        changed("inputs", 0, "previous_tx", to="00\n"),
        changed("payments", 0, "value_sats", to=None),
        changed("payments", 0, "address", to=None),
        changed("change", to=[]),
        changed("change", "value_sats", to="1"),
    ],
)
def test_it_refuses_what_is_not_exactly_a_plan(content: object) -> None:
    with pytest.raises(BitcoinError):
        plan_from_json(content)


def test_a_wrong_shape_is_said_to_be_that() -> None:
    with pytest.raises(PlanMismatch) as refusal:
        plan_from_json(changed("fee_sats", to="x"))
    assert refusal.value.reason is PlanFault.ENCODING


def test_a_private_key_in_a_wallet_is_refused_as_one() -> None:
    with pytest.raises(PrivateKey):
        spec_from_json({**spec_to_json(hot_wallet()), "keys": ["11" * 32]})


def test_what_a_plan_means_is_not_looked_at() -> None:
    senseless = replace(PLANS[0], fee_sats=5, payments=(pay(0),))
    assert plan_from_json(plan_to_json(senseless)) == senseless


names = st.sampled_from(sorted(JSON))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(JSON)), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(values, names)
def test_any_json_is_refused_or_read_and_nothing_else_happens(value: object, name: str) -> None:
    reading: Callable[[object], object]
    for content, reading in (
        (value, plan_from_json),
        ({**JSON, name: value}, plan_from_json),
        (value, spec_from_json),
    ):
        try:
            reading(content)
        except BitcoinError:
            continue
