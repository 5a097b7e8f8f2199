"""The operators' menu: every page of the admin under its subject, for who may see it; the house's label."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

# Subject, whether it is always open, its pages with their icons. A page that is named nowhere stands last.
GROUPS: tuple[tuple[str, bool, dict[str, str]], ...] = (
    (
        "Every day",
        True,
        {
            "access.OperatorProposal": "rule_folder",
            "custody.Withdrawal": "upload",
            "custody.Deposit": "download",
            "auth.User": "group",
            "exchange.Market": "candlestick_chart",
            "exchange.Order": "list_alt",
            "vaults.Vault": "lock",
            "access.AuditEntry": "history_edu",
            "health.InvariantResult": "rule",
            "config.BackupRun": "backup",
            "health.AlertEpisode": "notifications_active",
        },
    ),
    (
        "People",
        False,
        {
            "access.AccountRole": "badge",
            "access.ApiKey": "key",
            "access.TotpDevice": "phonelink_lock",
            "access.RecoveryCode": "password",
            "access.SecurityChange": "shield",
            "access.Login": "login",
            "access.EmailClaim": "alternate_email",
            "custody.AccountFreeze": "ac_unit",
            "custody.AllowedAddress": "playlist_add_check",
            "auth.Group": "groups",
        },
    ),
    (
        "Withdrawals and coins",
        False,
        {
            "custody.WithdrawalApproval": "how_to_reg",
            "custody.WithdrawalStop": "front_hand",
            "custody.Restoration": "settings_backup_restore",
            "custody.Spend": "send",
            "custody.SpendVersion": "difference",
            "custody.SpendCoin": "toll",
            "custody.UnexpectedSpend": "report",
            "custody.HouseCoin": "savings",
            "custody.Coin": "currency_bitcoin",
            "custody.CoinSource": "call_merge",
            "custody.SpentInput": "call_split",
            "custody.ReorgReceivable": "undo",
        },
    ),
    (
        "Keys and terms of custody",
        False,
        {
            "custody.TermsProposal": "edit_document",
            "custody.TermsVersion": "gavel",
            "custody.WalletKey": "vpn_key",
            "custody.VaultWallet": "account_balance_wallet",
            "custody.WalletCounter": "pin",
            "custody.WatchedScript": "visibility",
            "custody.ChainPosition": "link",
            "custody.ChainBlock": "deployed_code",
            "custody.FeeEstimate": "speed",
        },
    ),
    (
        "Trading",
        False,
        {
            "exchange.Trade": "swap_horiz",
            "exchange.Candle": "bar_chart",
            "exchange.Balance": "account_balance",
            "exchange.WalletTransfer": "sync_alt",
            "exchange.AccountTier": "military_tech",
            "exchange.FeeTier": "percent",
            "exchange.FeeTierRule": "stairs",
            "exchange.MarketMaker": "handshake",
            "exchange.DeadMansSwitch": "timer",
            "exchange.AccountMessage": "forum",
        },
    ),
    (
        "Engine",
        False,
        {
            "exchange.Shard": "memory",
            "exchange.EngineRequest": "pending_actions",
            "exchange.JournalEntry": "menu_book",
        },
    ),
    (
        "Vaults",
        False,
        {
            "vaults.VaultCoin": "lock_clock",
            "vaults.CollateralWithdrawal": "lock_open",
            "vaults.Operation": "receipt_long",
            "vaults.FiguresProposal": "edit_note",
            "vaults.FiguresVersion": "tune",
            "vaults.FeeAccumulator": "functions",
            "vaults.CoinCursor": "bookmark",
            "vaults.ReserveSnapshot": "verified",
        },
    ),
    (
        "Price",
        False,
        {
            "oracle.Current": "sell",
            "oracle.Incident": "emergency_home",
            "oracle.Approval": "thumb_up",
            "oracle.SourceRow": "rss_feed",
            "oracle.PolicyVersion": "policy",
            "oracle.Round": "timeline",
            "oracle.Minute": "schedule",
        },
    ),
    (
        "Ledger",
        False,
        {
            "ledger.Account": "account_tree",
            "ledger.Transfer": "compare_arrows",
            "ledger.PendingTransfer": "hourglass_top",
            "ledger.Asset": "paid",
            "ledger.DomainEvent": "event_note",
        },
    ),
    (
        "Notices and requests",
        False,
        {
            "access.Notice": "notifications",
            "access.NoticeDelivery": "outgoing_mail",
            "access.NoticeChoice": "notification_settings",
            "access.WebhookEndpoint": "webhook",
            "access.AccountMail": "mail",
            "access.IdempotencyRecord": "filter_1",
        },
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups that have a page for who asks. `is_open`: always, or because he is on one of its pages."""
    menu = []
    for title, is_open, items in _everything():
        seen = [_marked(item, request.path) for item in items if _may_see(request, item)]
        if seen:
            is_here = any(item["is_here"] for item in seen)
            menu.append({"title": title, "is_fixed": is_open, "is_open": is_open or is_here, "items": seen})
    return menu


def _may_see(request: HttpRequest, item: dict[str, Any]) -> bool:
    return not item["permissions"] or any(map(request.user.has_perm, item["permissions"]))


def _marked(item: dict[str, Any], path: str) -> dict[str, Any]:
    is_home = not item["permissions"]
    return {**item, "is_here": path == item["link"] if is_home else path.startswith(item["link"])}


@cache
def _everything() -> list[tuple[str, bool, list[dict[str, Any]]]]:
    """Made once: what pages there are does not change while a process lives."""
    home = {"title": "Home", "icon": "home", "link": reverse("admin:index"), "permissions": ()}
    groups = []
    for number, (title, is_open, labels) in enumerate(_all_groups()):
        items = [_item(label, icon) for label, icon in labels.items()]
        groups.append((title, is_open, [home, *items] if number == 0 else items))
    return groups


def _all_groups() -> Iterator[tuple[str, bool, dict[str, str]]]:
    yield from GROUPS
    named = {label for _, _, labels in GROUPS for label in labels}
    rest = [model._meta.label for model in admin.site._registry if model._meta.label not in named]
    yield "More", False, dict.fromkeys(rest, "article")


def _item(label: str, icon: str) -> dict[str, Any]:
    options = apps.get_model(label)._meta
    title = str(options.verbose_name_plural)
    deeds = ("view", "change")
    return {
        "title": title[:1].upper() + title[1:],
        "icon": icon,
        "link": reverse(f"admin:{options.app_label}_{options.model_name}_changelist"),
        "permissions": tuple(f"{options.app_label}.{deed}_{options.model_name}" for deed in deeds),
    }


def environment(request: HttpRequest) -> list[str]:
    """What house it is, and the color of the label that says so."""
    if settings.DEMO:
        return ["Demo", "info"]
    if settings.DEBUG:
        return ["Development", "warning"]
    if settings.BITCOIN_NETWORK != "main":
        return [f"Production, {settings.BITCOIN_NETWORK}", "danger"]
    return ["Production", "danger"]


def favicon(request: HttpRequest) -> str:
    return static("dashboard/img/mark.svg")
