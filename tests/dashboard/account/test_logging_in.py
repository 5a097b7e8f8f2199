"""Logging in: by name or address, to where one was going; a second step where there is a second factor."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from access.models import AuditEntry, Login, Notice
from access.second_factor import code_at, step_at
from tests.dashboard.account.people import PASSWORD, is_logged_in, log_in, with_factor


@pytest.mark.parametrize("name", ["alice", "ALICE", " alice ", "alice@example.com", "Alice@Example.com"])
def test_it_takes_the_name_or_the_address_in_whatever_case(browser: Client, alice: User, name: str) -> None:
    assert log_in(browser, name) == 302
    assert is_logged_in(browser)


@pytest.mark.parametrize("name", ["alice", "nobody", "nobody@example.com", "", "x" * 300, "alice\0"])
def test_whatever_is_wrong_is_answered_the_same(browser: Client, alice: User, name: str) -> None:
    response = browser.post("/login", {"username": name, "password": "wrong"})
    assert response.status_code == 401
    assert b"Name and password do not belong together." in response.content
    assert not is_logged_in(browser)


def test_a_disabled_account_is_answered_as_an_unknown_one(browser: Client, alice: User) -> None:
    alice.is_active = False
    alice.save()
    assert log_in(browser) == 401


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/trade/BTC-USDB", "/trade/BTC-USDB"),
        ("https://evil.example", "/wallet"),
        ("//evil.example", "/wallet"),
        ("/\\evil.example", "/wallet"),
        ("javascript:alert(1)", "/wallet"),
        ("", "/wallet"),
    ],
)
def test_it_leads_to_where_one_was_going_and_never_elsewhere(
    browser: Client, alice: User, wanted: str, leads: str
) -> None:
    response = browser.post("/login", {"username": "alice", "password": PASSWORD, "next": wanted})
    assert response.headers["Location"] == leads


def test_who_is_not_logged_in_is_asked_to_and_goes_on_after(browser: Client) -> None:
    assert browser.get("/wallet/deposit").headers["Location"] == "/login?next=%2Fwallet%2Fdeposit"


def test_a_session_that_was_there_before_is_not_the_one_after(browser: Client, alice: User) -> None:
    browser.cookies["sessionid"] = "a" * 32
    log_in(browser)
    assert browser.cookies["sessionid"].value != "a" * 32


def test_with_a_second_factor_the_password_alone_gives_no_session(browser: Client, alice: User) -> None:
    with_factor(alice, timezone.now())
    before = Session.objects.count()
    response = browser.post("/login", {"username": "alice", "password": PASSWORD, "next": "/vaults"})
    assert response.headers["Location"] == "/login/code?next=/vaults"
    assert Session.objects.count() == before
    assert not is_logged_in(browser)
    step = browser.cookies["login_step"]
    assert step["httponly"]
    assert (step["samesite"], step["path"]) == ("Strict", "/login")


def test_the_code_ends_the_login_and_is_spent(browser: Client, alice: User) -> None:
    now = timezone.now()
    secret, _ = with_factor(alice, now)
    log_in(browser)
    code = code_at(secret, step_at(now))
    response = browser.post("/login/code", {"code": f" {code} ", "next": "/vaults"})
    assert response.headers["Location"] == "/vaults"
    assert is_logged_in(browser)
    other = Client()
    log_in(other)
    assert other.post("/login/code", {"code": code}).status_code == 403
    assert not is_logged_in(other)


def test_a_recovery_code_logs_in_once_and_stands_in_the_audit_trail(browser: Client, alice: User) -> None:
    _, codes = with_factor(alice, timezone.now())
    log_in(browser)
    assert browser.post("/login/code", {"code": codes[0].lower()}).status_code == 302
    assert AuditEntry.objects.filter(action="second_factor.recovery_code_used", user_id=alice.pk).count() == 1
    again = Client()
    log_in(again)
    assert again.post("/login/code", {"code": codes[0]}).status_code == 403


def test_wrong_codes_in_a_row_end_the_guessing(browser: Client, alice: User) -> None:
    with_factor(alice, timezone.now())
    log_in(browser)
    answers = [browser.post("/login/code", {"code": "abcdef"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 800


def test_the_first_step_is_good_for_a_while_only_and_for_one_password(browser: Client, alice: User) -> None:
    with_factor(alice, timezone.now())
    assert browser.get("/login/code").status_code == 401
    log_in(browser)
    assert browser.get("/login/code").status_code == 200
    alice.set_password("changed meanwhile")
    alice.save()
    assert browser.post("/login/code", {"code": "123456"}).status_code == 401


def test_a_first_step_that_was_made_up_is_none(browser: Client, alice: User) -> None:
    browser.cookies["login_step"] = "WzEsICJ4Il0:1abc:def"
    assert browser.post("/login/code", {"code": "123456"}).status_code == 401


def test_logging_out_ends_the_session_everywhere(browser: Client, alice: User) -> None:
    log_in(browser)
    session = browser.cookies["sessionid"].value
    assert browser.get("/logout").status_code == 405
    assert browser.post("/logout").headers["Location"] == "/"
    assert not is_logged_in(browser)
    copy = Client()
    copy.cookies["sessionid"] = session
    assert not is_logged_in(copy)
    assert Login.objects.get(session_key=session).ended_at is not None


def test_a_login_from_a_new_place_is_told_and_the_first_is_not(browser: Client, alice: User) -> None:
    log_in(browser)
    log_in(Client(HTTP_USER_AGENT=browser.defaults["HTTP_USER_AGENT"]))
    assert not Notice.objects.filter(user_id=alice.pk, kind="NEW_LOGIN").exists()
    elsewhere = Client(REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/1")
    log_in(elsewhere)
    told = Notice.objects.get(user_id=alice.pk, kind="NEW_LOGIN")
    assert "Safari on iPhone, 203.0.113.9" in told.text


def test_a_form_of_somebody_elses_page_logs_nobody_in(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/login", {"username": "alice", "password": PASSWORD}).status_code == 403


def test_a_code_of_long_ago_is_none(browser: Client, alice: User) -> None:
    now = timezone.now()
    secret, _ = with_factor(alice, now - timedelta(hours=1))
    log_in(browser)
    assert browser.post("/login/code", {"code": code_at(secret, step_at(now) - 20)}).status_code == 403
