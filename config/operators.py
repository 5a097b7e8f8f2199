"""The group of operators: may read everything, and ask engines for what its permissions name."""

from django.contrib.auth.models import Group, Permission

GROUP = "operators"
_READ = ("access", "ledger", "oracle", "custody", "vaults", "exchange", "health", "config")
_MORE = (
    "auth.view_user",
    "access.revoke_apikey",
    "access.remove_second_factor",
    "access.disable_account",
    "access.change_address",
    "exchange.request_market_status",
    "exchange.request_market_change",
    "exchange.request_reference_price",
    "exchange.request_fee_tier",
    "exchange.request_account_tier",
    "exchange.request_cancel_all",
    "exchange.add_marketmaker",
    "exchange.change_marketmaker",
    "exchange.delete_marketmaker",
    "exchange.add_feetierrule",
    "exchange.change_feetierrule",
    "exchange.delete_feetierrule",
    "oracle.halt_oracle",
    "oracle.resume_oracle",
    "oracle.end_pause",
    "oracle.change_sourcerow",
    "oracle.add_policyversion",
    "custody.approve_withdrawal",
    "custody.stop_withdrawals",
    "custody.change_terms",
    "custody.end_freeze",
    "vaults.change_figures",
    "health.restart_process",
    "health.silence_alert",
)


def seed_operators() -> Group:
    """Get or create. A group that exists keeps what somebody took from it, so only a new one is filled."""
    group, is_new = Group.objects.get_or_create(name=GROUP)
    if is_new:
        reading = Permission.objects.filter(content_type__app_label__in=_READ, codename__startswith="view_")
        group.permissions.set([*reading, *(_permission(name) for name in _MORE)])
    return group


def _permission(name: str) -> Permission:
    app, _, codename = name.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
