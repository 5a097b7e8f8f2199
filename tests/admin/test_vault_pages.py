"""Vaults' pages for operators: found by anything that names one, and figures that need two people."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from custody.models import Coin
from tests.admin.vault_rows import OUTSIDE, SENT_TXID, by, vault_rows
from tests.support.operators import operator
from tests.vaults.support.rows import E8, funded_vault
from vaults.admin import units
from vaults.models import FiguresProposal, FiguresVersion, Vault
from vaults.selectors_figures import figures_in_force, open_proposal

TOKEN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def vault(db: None) -> Vault:
    units._known.read_at = float("-inf")
    found = vault_rows()
    User.objects.filter(username="dora").update(email="Dora@example.org")
    funded_vault("emil", debt=1_000 * E8)
    return found


def logged_in(name: str, *permissions: str) -> Client:
    client = Client()
    operator(client, *permissions, name=name)
    return client


def listed(client: Client, model: str, **query: str) -> list[object]:
    answer = client.get(reverse(f"admin:vaults_{model}_changelist"), query)
    assert answer.status_code == 200
    return [row.pk for row in answer.context["cl"].result_list]


def do(client: Client, deed: str, row: object = None, **values: object) -> str:
    """What the page that follows says."""
    url = reverse("admin:vaults_figuresproposal_deed", args=[deed]) + (f"?ids={row}" if row else "")
    sent = {"token": TOKEN, "reason": "because", **values}
    return client.post(url, sent, follow=True).content.decode()


def test_a_vault_is_found_by_anything_that_names_it(vault: Vault) -> None:
    olga = logged_in("olga")
    coin = Coin.objects.filter(watched__wallet=vault.reference).first()
    assert coin is not None
    names = [
        str(vault.pk),
        vault.pk.hex,
        "dora",
        "user:dora",
        str(vault.owner_id),
        "dora@EXAMPLE.org",
        "for the HOUSE",
        vault.address,
        OUTSIDE,
        coin.txid,
        SENT_TXID,
    ]
    for name in names:
        assert listed(olga, "vault", q=name) == [vault.pk], name
        assert len(listed(olga, "vaultcoin", q=name)) == (0 if name == SENT_TXID else 1 + (name != coin.txid))
        assert len(listed(olga, "collateralwithdrawal", q=name)) == (name != coin.txid), name
    assert listed(olga, "operation", q="deed-1") == listed(olga, "operation", q="dora") != []


def test_what_names_none_finds_none(vault: Vault) -> None:
    olga = logged_in("olga")
    for term in ("nobody", "00" * 32, "1" * 40, "a@b", "%", "' OR 1=1", "9" * 18):
        for model in ("vault", "vaultcoin", "collateralwithdrawal", "operation"):
            assert listed(olga, model, q=term) == [], (model, term)


def test_a_list_goes_by_state_and_a_page_says_what_became_of_it(vault: Vault) -> None:
    olga = logged_in("olga")
    assert len(listed(olga, "vault", status="ACTIVE")) == 2
    assert listed(olga, "vault", status="LIQUIDATING") == []
    page = olga.get(reverse("admin:vaults_vault_change", args=[vault.pk])).content.decode()
    for text in ("1.10000000 BTC", "2500.", "MINTED", "OPENED", "CREDITED"):
        assert text in page, text


def test_one_proposes_and_another_one_approves(vault: Vault) -> None:
    olga, oscar = logged_in("olga"), logged_in("otto")
    waiting = open_proposal()
    assert waiting is not None
    assert "done" in do(olga, "withdraw", waiting.pk)
    assert "another operator must agree" in do(olga, "propose", penalty_ppm=100_000, **_unchanged())
    proposal = FiguresProposal.objects.latest("pk")
    assert "Another operator has to agree" in do(olga, "approve", proposal.pk)
    assert figures_in_force().penalty_ppm == 130_000
    assert "done" in do(oscar, "approve", proposal.pk)
    assert figures_in_force().penalty_ppm == 100_000
    versions = reverse("admin:vaults_figuresversion_changelist")
    assert "penalty_ppm 130000 to 100000" in olga.get(versions).content.decode()


def _unchanged() -> dict[str, int]:
    """As a page sends what it was shown."""
    values = FiguresVersion.objects.latest("pk").figures
    shown = {name: getattr(values, name) for name in values.__slots__}
    return {**{f"initial-{name}": value for name, value in shown.items()}, **_without_penalty(shown)}


def _without_penalty(shown: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in shown.items() if name != "penalty_ppm"}


def test_who_may_only_read_is_offered_no_deed(vault: Vault) -> None:
    reader = logged_in("rita", "vaults.view_figuresproposal")
    url = reverse("admin:vaults_figuresproposal_deed", args=["propose"])
    assert reader.get(url).status_code == 403
    assert reader.post(url, {"token": TOKEN, "reason": "x"}).status_code == 403


def test_a_reason_is_asked_for(vault: Vault) -> None:
    proposal = open_proposal()
    assert proposal is not None
    do(logged_in("olga"), "approve", proposal.pk, reason="")
    assert open_proposal() == proposal
    assert proposal.operator_id == by("ottilie").user_id
