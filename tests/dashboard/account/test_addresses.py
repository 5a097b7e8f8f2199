"""A mail address is changed with the password, and the old one stays until the new one is confirmed."""

from django.contrib.auth.models import User
from django.test import Client

from access.models import SecurityChange
from tests.dashboard.account.people import PASSWORD, link_in, log_in, mails

NEW = {"email": "alice@elsewhere.org", "password": PASSWORD}


def test_the_new_one_counts_when_it_is_confirmed_and_the_old_one_is_told(
    browser: Client, alice: User
) -> None:
    log_in(browser)
    assert browser.post("/account/email", NEW).status_code == 302
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"
    [message] = mails()
    browser.post(link_in(message))
    alice.refresh_from_db()
    assert alice.email == "alice@elsewhere.org"
    assert SecurityChange.objects.filter(user_id=alice.pk, kind="EMAIL").count() == 1
    assert [one.to for one in mails()] == [["alice@elsewhere.org"], ["alice@example.com"]]


def test_the_first_address_holds_no_withdrawals(browser: Client) -> None:
    browser.post("/signup", {"username": "carol", "email": "carol@example.com", "password": PASSWORD})
    browser.post(link_in(mails()[0]))
    assert not SecurityChange.objects.filter(kind="EMAIL").exists()


def test_it_needs_the_password(browser: Client, alice: User) -> None:
    log_in(browser)
    assert browser.post("/account/email", {**NEW, "password": "wrong"}).status_code == 403
    assert mails() == []


def test_the_mail_is_sent_again_to_the_same_address(browser: Client, alice: User) -> None:
    log_in(browser)
    browser.post("/account/email", NEW)
    browser.post("/account/email", {"again": "1"})
    assert [one.to for one in mails()] == [["alice@elsewhere.org"]] * 2


def test_a_link_for_an_address_that_is_no_longer_wanted_is_refused(browser: Client, alice: User) -> None:
    log_in(browser)
    browser.post("/account/email", NEW)
    browser.post("/account/email", {**NEW, "email": "alice@third.org"})
    first, second = [link_in(one) for one in mails()]
    assert browser.post(first).status_code == 400
    assert browser.post(second).status_code == 200


def test_a_link_that_was_made_up_is_refused(browser: Client, alice: User) -> None:
    for token in ("x", "WzEsICJ4Il0:1abc:def", "a:b:c"):
        assert browser.get(f"/account/email/{token}").status_code == 400
        assert browser.post(f"/account/email/{token}").status_code == 400
