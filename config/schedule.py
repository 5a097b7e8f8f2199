"""The beat schedule. Tasks scan for what is due, so a missed run is made up by the next one."""

from typing import TypedDict

from django.conf import settings


class Options(TypedDict):
    expires: float


class Entry(TypedDict):
    task: str
    schedule: float
    options: Options


def every(seconds: float, task: str) -> Entry:
    """A run that no worker took before the next one is due is dropped, so a dead worker leaves no backlog."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


SCHEDULE: dict[str, Entry] = {
    "pulse": every(10, "health.tasks.pulse"),
    "notify-alerts": every(15, "health.tasks.notify_alerts"),
    "verify-invariants": every(60, "health.tasks.verify_invariants"),
    "verify-all-invariants": every(60, "health.tasks.verify_all_invariants"),
    "poll-prices": every(settings.ORACLE_POLL_SECONDS, "oracle.tasks.poll_prices"),
    "forget-old-rounds": every(600, "oracle.tasks.forget_old_rounds"),
    "expire-due-transfers": every(5, "ledger.tasks.expire_due_transfers"),
    "hand-in-house-quotes": every(2, "exchange.tasks.hand_in_house_quotes"),
    "follow-the-oracle": every(2, "exchange.tasks.follow_the_oracle"),
    "pay-withdrawals": every(2, "custody.tasks.pay"),
    "follow-vault-coins": every(2, "vaults.tasks.follow_coins"),
    "scan-vaults": every(2, "vaults.tasks.scan_vaults"),
    "accrue-stability-fee": every(60, "vaults.tasks.accrue_stability_fee"),
    "take-reserve-snapshot": every(60, "vaults.tasks.take_reserve_snapshot"),
    "forget-reserve-leaves": every(3600, "vaults.tasks.forget_reserve_leaves"),
    "review-fee-tiers": every(3600, "exchange.tasks.review_fee_tiers"),
    "forget-account-messages": every(600, "exchange.tasks.forget_account_messages"),
    "send-notices": every(2, "access.tasks.send_notices"),
    "send-account-mails": every(2, "access.tasks.send_account_mails"),
    "forget-old-logins-and-mails": every(3600, "access.tasks.forget_old_logins_and_mails"),
    "forget-old-notices": every(3600, "access.tasks.forget_old_notices"),
    "back-up": every(60, "config.tasks.back_up"),
    "forget-old-idempotency-records": every(3600, "access.tasks.forget_old_idempotency_records"),
}
