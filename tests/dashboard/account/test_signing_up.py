"""Signing up gives an account at once and a mail to confirm its address; whose is known stays unsaid."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from access.models import AuditEntry
from tests.dashboard.account.people import NAMES, PASSWORD, is_logged_in, link_in, mails


def test_who_signs_up_is_logged_in_and_has_a_wallet_before_him(browser: Client) -> None:
    response = browser.post("/signup", NAMES)
    assert (response.status_code, response.headers["Location"]) == (302, "/wallet")
    assert is_logged_in(browser)
    user = User.objects.get(username="carol")
    assert user.check_password(PASSWORD)
    assert AuditEntry.objects.filter(user_id=user.pk, action="account.opened").exists()


def test_the_address_counts_once_the_link_in_its_mail_was_followed(browser: Client) -> None:
    browser.post("/signup", NAMES)
    assert User.objects.get(username="carol").email == ""
    [message] = mails()
    assert message.to == ["carol@example.com"]
    link = link_in(message)
    assert b"Confirm carol@example.com" in browser.get(link).content
    assert User.objects.get(username="carol").email == ""  # looking at it confirms nothing
    assert Client().post(link).status_code == 200
    assert User.objects.get(username="carol").email == "carol@example.com"
    assert Client().post(link).status_code == 200  # twice is once


def test_an_address_that_is_known_is_answered_like_any_other(browser: Client, alice: User) -> None:
    known = browser.post("/signup", {**NAMES, "email": "Alice@Example.com"})
    fresh = Client().post("/signup", {**NAMES, "username": "dave", "email": "dave@example.com"})
    assert (known.status_code, known.headers["Location"]) == (fresh.status_code, fresh.headers["Location"])
    told = {message.to[0]: str(message.body) for message in mails()}
    assert "/account/email/" in told["dave@example.com"]
    assert "/account/email/" not in told["alice@example.com"]
    assert "already belongs to yours" in told["alice@example.com"]


def test_of_two_who_claim_one_address_the_first_to_open_the_mail_has_it(browser: Client) -> None:
    browser.post("/signup", NAMES)
    Client().post("/signup", {**NAMES, "username": "dave"})
    first, second = [link_in(message) for message in mails()]
    assert Client().post(second).status_code == 200
    assert Client().post(first).status_code == 400
    assert User.objects.get(username="dave").email == "carol@example.com"
    assert User.objects.get(username="carol").email == ""


@pytest.mark.parametrize(
    "name", ["", "ab", "1carol", "ca rol", "carol@x", "c" * 31, "сarol", "carol\n\nx", "<b>"]
)
def test_it_refuses_names_that_could_mislead(browser: Client, name: str) -> None:
    response = browser.post("/signup", {**NAMES, "username": name})
    assert response.status_code == 400
    assert b"3 to 30 letters" in response.content
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["alice", "ALICE", "Alice", "admin", "Ballast"])
def test_it_refuses_names_that_are_taken_in_whatever_case(browser: Client, alice: User, name: str) -> None:
    response = browser.post("/signup", {**NAMES, "username": name})
    assert response.status_code == 409
    assert b"This name is taken." in response.content


@pytest.mark.parametrize(
    "email",
    ["", "carol", "carol@", "a@b\nBcc: x@y.z", "carol@exämple.com", "İ@example.com", "a@" + "b" * 260],
)
def test_it_refuses_what_is_no_address(browser: Client, email: str) -> None:
    response = browser.post("/signup", {**NAMES, "email": email})
    assert response.status_code == 400
    assert b"This is no mail address." in response.content


@pytest.mark.parametrize("password", ["", "short", "12345678", "password", "carol@example.com", "x" * 257])
def test_it_refuses_passwords_that_are_guessed(browser: Client, password: str) -> None:
    response = browser.post("/signup", {**NAMES, "password": password})
    assert response.status_code == 422
    assert not User.objects.exists()


def test_what_was_typed_stays_but_for_the_password(browser: Client) -> None:
    page = browser.post("/signup", {**NAMES, "username": '"><script>alert(1)</script>'}).content.decode()
    assert "carol@example.com" in page
    assert PASSWORD not in page
    assert "<script>alert(1)" not in page


def test_a_stranger_is_not_flooded_with_mails_by_us(browser: Client) -> None:
    for number in range(8):
        Client().post("/signup", {**NAMES, "username": f"carol{number}"})
    assert len(mails()) == 5
