"""What waits for operators in the exchange, the oracle, vaults, accounts and the house as a whole."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from access.cockpit import Urgency
from access.models import AccountMail, IdempotencyRecord, Notice, NoticeDelivery, WebhookEndpoint
from access.services import Origin
from exchange.engine.types import MarketStatus
from exchange.models import EngineRequest, Market, WalletTransfer
from exchange.services.requests import request_market_status
from health.models import InvariantResult
from oracle.models import Approval, IncidentKind
from oracle.services.operators import halt_oracle
from tests.admin.work.reading import deeds, only, superuser, work
from tests.custody.withdrawals.scene import Customer
from tests.exchange.support import make_market
from tests.oracle.rows import by, open_incident
from tests.vaults.support.rows import E8, funded_vault, take_step
from vaults.models import Vault
from vaults.rules.statuses import VaultEvent
from vaults.services.figures import propose_figures

LONG_AGO = timezone.now() - timedelta(minutes=10)


@pytest.fixture
def market(custody: None) -> Market:
    make_market()
    Market.objects.update(status="OPEN")
    return Market.objects.get()


def test_a_halted_oracle_waits_for_who_has_not_agreed_yet(custody: None) -> None:
    olga, oscar = superuser("olga"), superuser("oscar")
    halt_oracle(origin=by(olga.pk), reason="it looks wrong", now_ms=1_700_000_000_000)
    item = only("oracle", olga.pk)
    assert (deeds(item), item.urgency) == (["Resume the oracle"], Urgency.NOW)
    assert "it looks wrong" in item.reasons
    incident = open_incident(IncidentKind.HALT)
    Approval.objects.create(incident=incident, operator=olga, reason="seen", at_ms=1_700_000_000_001)
    mine = only("oracle", olga.pk)
    assert (mine.reasons[0], deeds(mine)) == ("Waits for another operator", [])
    assert deeds(only("oracle", oscar.pk)) == ["Resume the oracle"]


def test_a_market_that_is_not_open_says_who_stopped_it_and_offers_the_other_states(market: Market) -> None:
    olga = superuser("olga")
    asked = request_market_status(
        market=market, status=MarketStatus.HALTED, reason="a bug", requested_by=olga.pk
    )
    EngineRequest.objects.update(status="APPLIED", resolved_at=timezone.now())
    Market.objects.update(status="HALTED")
    item = only("markets")
    assert item.title == "BTC-USDB is HALTED"
    assert item.reasons == ["It takes nothing: nobody gets his orders back", "olga: a bug"]
    assert deeds(item) == ["Open", "Pause: cancels only", "Post-only"]
    assert item.since >= asked.created_at
    Market.objects.update(status="CANCEL_ONLY")
    assert len(only("markets").reasons) == 1  # somebody, or a breaker, has done that


def test_requests_and_transfers_that_no_engine_takes_up_are_unknown_outcomes(market: Market) -> None:
    olga = superuser("olga")
    request_market_status(market=market, status=MarketStatus.HALTED, reason="x", requested_by=olga.pk)
    assert work("engine_requests").total == 0
    EngineRequest.objects.update(created_at=LONG_AGO)
    item = only("engine_requests")
    assert item.title == "Unknown outcome: BTC-USDB: status OPEN to HALTED"
    assert item.urgency is Urgency.NOW
    WalletTransfer.objects.create(
        user=olga,
        shard_id=market.shard_id,
        direction="TO_TRADING",
        asset="BTC",
        amount_atoms=E8,
        key="k",
        command_id=uuid4(),
        pending_id=1,
    )
    WalletTransfer.objects.update(created_at=LONG_AGO)
    assert only("wallet_transfers").title == "Unknown outcome: 1.00000000 BTC of olga TO_TRADING"


def test_frozen_vaults_are_shown_with_what_they_owe(custody: None) -> None:
    vault = funded_vault("dora", debt=2_000 * E8)
    assert work("frozen_vaults").total == 0
    take_step(vault, VaultEvent.FREEZE)
    assert Vault.objects.get(pk=vault.pk).status == "FROZEN"
    item = only("frozen_vaults")
    assert item.title == "Vault of dora with 0.10000000 BTC is frozen"
    assert item.urgency is Urgency.SOON
    assert any("Owes 2000.00000000 USDB, was ACTIVE" in one for one in item.reasons)


def test_figures_wait_for_another_operator(custody: None) -> None:
    olga, oscar = superuser("olga"), superuser("oscar")
    funded_vault("dora")
    propose_figures(changes={"debt_floor_atoms": 5 * E8}, origin=Origin(olga.pk), reason="less")
    assert deeds(only("figures", olga.pk)) == ["Withdraw"]
    assert deeds(only("figures", oscar.pk)) == ["Approve", "Withdraw"]


def test_a_violated_invariant_is_urgent(custody: None) -> None:
    now = timezone.now()
    InvariantResult.objects.create(name="books_balance", extent="WHOLE", about="Sums are 0", tried_at=now)
    assert work("invariants").total == 0
    InvariantResult.objects.update(violations=3, violated_since=LONG_AGO)
    item = only("invariants")
    assert (item.title, item.urgency, item.since) == ("Violated: books_balance", Urgency.NOW, LONG_AGO)


def test_mails_that_reach_nobody_are_few_lines(alice: Customer) -> None:
    now = timezone.now()
    for _ in range(3):
        AccountMail.objects.create(recipient_hash="x", kind="RESET", created_at=now, last_error="refused")
    notice = Notice.objects.create(user=alice.user, kind="x", key="k", text="t", created_at=now)
    NoticeDelivery.objects.create(
        notice=notice,
        channel="EMAIL",
        status="FAILED",
        created_at=now,
        next_at=now,
        finished_at=now,
        last_error="550",
    )
    assert [one.title for one in work("mails").items] == [
        "3 mails about accounts were given up",
        "1 mails with notices were not delivered",
    ]


def test_failing_webhooks_are_a_count(alice: Customer) -> None:
    for number in range(4):
        WebhookEndpoint.objects.create(
            user=alice.user, url="https://x", created_at=LONG_AGO, failures=3 * (number > 0)
        )
    assert only("webhooks").title == "3 webhooks of customers fail"


def test_a_request_that_never_ended_is_an_unknown_outcome(custody: None) -> None:
    user = User.objects.create(username="eve")
    IdempotencyRecord.objects.create(
        user_id=user.pk, key="abc", request_digest="x", claim=uuid4(), claimed_at=LONG_AGO
    )
    assert only("half_done").title == f"Unknown outcome: request abc of user {user.pk}"
    IdempotencyRecord.objects.update(finished_at=timezone.now())
    assert work("half_done").total == 0
