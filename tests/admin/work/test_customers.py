"""What operators see of a customer, and what they do to an account as a whole."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from access.accounts.disabling import disable_account, enable_account, end_logins_of
from access.cockpit import Panel
from access.errors import DomainError
from access.models import AuditEntry, Login, Notice
from access.selectors import find_key
from access.services import Origin, create_api_key
from access.sessions import SessionStore
from access.signing import KeyKind
from config import cockpit_sources
from custody.selectors_withdrawals import claimable
from custody.services.freezes import freeze_account
from tests.admin.test_deeds import do
from tests.admin.work.reading import every, superuser
from tests.custody.withdrawals.scene import BTC, NOON, Customer, operator
from tests.exchange.scene import Scene
from tests.support.operators import operator as logged_in
from tests.vaults.support.rows import E8, funded_vault

NAMES = [one.name for one in every(cockpit_sources.PANELS)]


def panel(name: str, user_id: int) -> Panel:
    (source,) = [one for one in every(cockpit_sources.PANELS) if one.name == name]
    found: Panel = source.show(user_id)
    return found


def cells(found: Panel) -> str:
    return " | ".join(str(cell) for row in found.rows for cell in row)


def facts(found: Panel) -> dict[str, str]:
    return {name: str(value) for name, value in found.facts}


@pytest.mark.parametrize("name", NAMES)
def test_a_panel_of_somebody_who_has_nothing_is_small(custody: None, name: str) -> None:
    user = superuser("nina")
    found = panel(name, user.pk)
    assert not found.rows or name == "audit"
    assert all(len(row) == len(found.head) for row in found.rows)


def test_an_account_says_who_it_is_and_what_can_be_done(alice: Customer) -> None:
    alice.user.email = "alice@example.com"
    alice.user.save()
    found = panel("account", alice.id)
    assert facts(found)["e-mail"] == "alice@example.com"
    assert facts(found)["is"] == "active"
    assert [title for title, _ in found.deeds] == ["Disable the account", "End all logins"]
    assert f"account={alice.id}" in found.deeds[0][1]


def test_no_secret_of_a_key_is_shown(alice: Customer) -> None:
    made = create_api_key(user_id=alice.id, label="bot", kind=KeyKind.HMAC, scopes=[], origin=Origin())
    shown = cells(panel("keys", alice.id))
    assert made.key.public_id in shown
    assert made.secret not in shown
    assert "live" in shown


def test_withdrawals_come_with_their_risk_and_a_freeze_says_why(alice: Customer) -> None:
    alice.ask(BTC + 1)
    shown = cells(panel("withdrawals", alice.id))
    assert "AWAITING_APPROVAL" in shown
    assert "of 100" in shown
    assert "deeds/approve/" in shown
    assert alice.home.address in cells(panel("addresses", alice.id))
    freeze_account(owner_id=alice.id, origin=operator("olga"), reason="a court asks")
    standing = panel("custody", alice.id)
    assert "a court asks" in facts(standing)["frozen"]
    assert [title for title, _ in standing.deeds] == ["End the freeze"]


def test_balances_vaults_notices_and_the_trail(alice: Customer) -> None:
    assert "FUNDING BTC | 10.00000000" in cells(panel("ledger", alice.id))
    name = alice.user.get_username()
    funded_vault(name, debt=2_000 * E8)
    assert "ACTIVE | 0.10000000 BTC | 2000.00000000 USDB" in cells(panel("vaults", alice.id))
    Notice.objects.create(user=alice.user, kind="X", key="k", text="hello", created_at=timezone.now())
    assert "hello" in cells(panel("notices", alice.id))
    end_logins_of(user_id=alice.id, origin=operator("olga"), reason="she asked")
    assert "she asked" in cells(panel("audit", alice.id))


def test_trading_is_shown_in_peoples_units(scene: Scene) -> None:
    shown = cells(panel("orders", scene.alice))
    assert "BTC-USDB | BUY | LIMIT | 50000.00 | 0.02000 | 0.00500 | PARTIALLY_FILLED" in shown
    assert "BUY as maker | 50000.00 | 0.00500" in cells(panel("trades", scene.alice))
    assert "SELL as taker | 50000.00 | 0.00500" in cells(panel("trades", scene.bob))
    assert "USDB" in cells(panel("trading", scene.alice))
    assert "dead man's switch" in facts(panel("trading", scene.alice))
    assert not panel("trades", 10**9).rows


def session_of(user: User) -> str:
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.create()
    now = timezone.now()
    key = str(session.session_key)
    Login.objects.create(user=user, session_key=key, created_at=now, seen_at=now)
    return key


def refused(work: object, user_id: int, by: Origin) -> str:
    try:
        work(user_id=user_id, origin=by, reason="x")  # type: ignore[operator]
    except DomainError as error:
        return error.code
    return ""


def test_a_disabled_account_is_nobodys_until_it_is_let_in_again(alice: Customer) -> None:
    key = create_api_key(user_id=alice.id, label="", kind=KeyKind.HMAC, scopes=[], origin=Origin()).key
    session, olga = session_of(alice.user), operator("olga")
    alice.ask(BTC // 10)
    assert len(claimable(NOON)) == 1
    assert refused(disable_account, alice.id, olga) == ""
    assert not User.objects.get(pk=alice.id).is_active
    assert not SessionStore().exists(session)
    assert find_key(key.public_id) is None
    assert claimable(NOON) == []
    assert refused(disable_account, alice.id, olga) == "ALREADY_SO"
    assert refused(enable_account, alice.id, olga) == ""
    assert find_key(key.public_id) is not None
    assert refused(enable_account, alice.id, olga) == "ALREADY_SO"
    trail = AuditEntry.objects.filter(subject=f"user:{alice.id}").order_by("pk")
    assert [(one.action, one.user_id) for one in trail] == [
        ("user.disabled", olga.user_id),
        ("user.enabled", olga.user_id),
    ]
    assert trail[0].after == {"active": False, "ended": 1, "reason": "x"}


@pytest.mark.parametrize("work", [disable_account, enable_account, end_logins_of])
def test_nobody_does_it_to_himself_and_operators_are_for_superusers(custody: None, work: object) -> None:
    olga, oscar, rita = (superuser(name) for name in ("olga", "oscar", "rita"))
    User.objects.filter(pk__in=(olga.pk, oscar.pk)).update(is_superuser=False)
    User.objects.filter(pk=oscar.pk).update(is_active=work is not enable_account)
    assert refused(work, olga.pk, Origin(olga.pk)) == "NOT_YOURS"
    assert refused(work, oscar.pk, Origin(olga.pk)) == "NOT_YOURS"
    assert refused(work, 10**9, Origin(olga.pk)) == "NOT_FOUND"
    assert refused(work, oscar.pk, Origin(rita.pk)) == ""


def test_the_pages_of_the_deeds_know_whom_they_are_about(alice: Customer, client: Client) -> None:
    logged_in(client)
    for name in ("disable", "enable", "end-logins", "set-role"):
        answer = client.get(f"/admin/access/accountrole/deeds/{name}/?account={alice.id}")
        assert answer.status_code == 200, name
        assert answer.context["form"].initial["account"] == str(alice.id)
    name = alice.user.get_username()
    freeze = client.get(f"/admin/custody/accountfreeze/deeds/freeze/?user={name}&reason=forged")
    assert freeze.context["form"].initial["user"] == name
    assert "reason" not in freeze.context["form"].initial
    answer = do(client, "access_accountrole", "disable", account=str(alice.id))
    assert answer.status_code == 302
    assert not User.objects.get(pk=alice.id).is_active
