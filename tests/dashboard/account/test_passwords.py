"""A password is changed with the old one, or set anew by a link that only its owner's mailbox has."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from access.models import AccountMail, Notice, SecurityChange
from access.second_factor import code_at, step_at
from tests.dashboard.account.people import OTHER, PASSWORD, is_logged_in, link_in, log_in, mails, with_factor

FORGOT = "/password/forgot"
CHANGE = "/account/security/password"


def asked(browser: Client, email: str = "alice@example.com") -> str:
    browser.post(FORGOT, {"email": email})
    return link_in(mails()[-1])


def test_a_link_sets_a_new_password_once(browser: Client, alice: User) -> None:
    link = asked(browser)
    assert b"New password" in browser.get(link).content
    assert browser.get(link).headers["Referrer-Policy"] == "no-referrer"
    assert browser.post(link, {"password": OTHER}).status_code == 200
    assert browser.post(link, {"password": "a third one entirely"}).status_code == 400
    assert log_in(browser) == 401
    assert log_in(browser, password=OTHER) == 302


def test_a_new_password_ends_all_logins_and_holds_withdrawals(browser: Client, alice: User) -> None:
    log_in(browser)
    link = asked(Client())
    Client().post(link, {"password": OTHER})
    assert not is_logged_in(browser)
    assert SecurityChange.objects.filter(user_id=alice.pk, kind="PASSWORD").exists()
    assert Notice.objects.filter(user_id=alice.pk, kind="SECURITY_CHANGED").exists()


def test_the_second_factor_is_still_asked_for(browser: Client, alice: User) -> None:
    with_factor(alice, timezone.now())
    browser.post(asked(browser), {"password": OTHER})
    response = browser.post("/login", {"username": "alice", "password": OTHER})
    assert response.headers["Location"] == "/login/code"


@pytest.mark.parametrize("email", ["nobody@example.com", "no address", "", "x" * 1000])
def test_nobody_learns_whose_address_is_known(browser: Client, alice: User, email: str) -> None:
    unknown = browser.post(FORGOT, {"email": email})
    known = browser.post(FORGOT, {"email": "alice@example.com"})
    assert (unknown.status_code, known.status_code) == (202, 202)
    assert unknown.content == known.content
    assert [message.to for message in mails()] == [["alice@example.com"]]


def test_an_address_that_was_never_confirmed_brings_no_password_back(browser: Client) -> None:
    browser.post("/signup", {"username": "carol", "email": "carol@example.com", "password": PASSWORD})
    Client().post(FORGOT, {"email": "carol@example.com"})
    assert AccountMail.objects.filter(kind="PASSWORD_RESET").count() == 0


def test_a_links_words_are_gone_once_it_is_sent(browser: Client, alice: User) -> None:
    browser.post(FORGOT, {"email": "alice@example.com"})
    waiting = AccountMail.objects.get()
    assert b"password/reset" not in bytes(waiting.encrypted_text)
    mails()
    waiting.refresh_from_db()
    assert (bytes(waiting.encrypted_text), waiting.next_at) == (b"", None)
    assert waiting.sent_at is not None


@pytest.mark.parametrize("change", ["/x", "0", "-tampered"])
def test_a_link_that_was_changed_opens_nothing(browser: Client, alice: User, change: str) -> None:
    link = asked(browser) + change
    assert browser.get(link).status_code in (400, 404)
    assert browser.post(link, {"password": OTHER}).status_code in (400, 404)
    assert log_in(browser) == 302


def test_a_link_of_one_does_not_open_anothers_account(browser: Client, alice: User) -> None:
    bob = User.objects.create_user("bob", "bob@example.com", PASSWORD)
    [_, _, _, number, token] = asked(browser, "bob@example.com").split("/")
    assert browser.get(f"/password/reset/MQ/{token}").status_code == 400
    assert browser.get(f"/password/reset/{number}/{token}").status_code == 200
    assert bob.pk != alice.pk


@pytest.mark.parametrize("number", ["!!", "MQ==", "Oi8v", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ", "LTE"])
def test_numbers_that_are_none_are_refused(browser: Client, alice: User, number: str) -> None:
    assert browser.get(f"/password/reset/{number}/abc-def").status_code == 400


def test_it_is_changed_with_the_old_one_and_this_login_stays(browser: Client, alice: User) -> None:
    log_in(browser)
    elsewhere = Client()
    log_in(elsewhere)
    response = browser.post(CHANGE, {"password": PASSWORD, "new_password": OTHER})
    assert response.headers["Location"] == "/account/security?done=password"
    assert is_logged_in(browser)
    assert not is_logged_in(elsewhere)
    assert b"this one" in browser.get("/account/security").content


def test_it_is_not_changed_without_the_old_one_or_to_a_weak_one(browser: Client, alice: User) -> None:
    log_in(browser)
    assert browser.post(CHANGE, {"password": "wrong", "new_password": OTHER}).status_code == 403
    assert browser.post(CHANGE, {"password": PASSWORD, "new_password": "short"}).status_code == 422
    assert log_in(Client()) == 302


def test_with_a_second_factor_it_needs_a_code(browser: Client, alice: User) -> None:
    now = timezone.now()
    secret, _ = with_factor(alice, now - timedelta(minutes=5))
    log_in(browser)
    browser.post("/login/code", {"code": code_at(secret, step_at(now))})
    wanted = {"password": PASSWORD, "new_password": OTHER}
    assert browser.post(CHANGE, wanted).status_code == 400
    assert browser.post(CHANGE, {**wanted, "code": "abcdef"}).status_code == 403
    assert browser.post(CHANGE, {**wanted, "code": code_at(secret, step_at(now) + 1)}).status_code == 302
