"""The list of logins says where one is logged in; each can be ended, and nobody ends another's."""

from django.contrib.auth.models import User
from django.test import Client

from access.models import AuditEntry, Login
from tests.dashboard.account.people import PASSWORD, is_logged_in, log_in


def number_of(browser: Client) -> int:
    return Login.objects.get(session_key=browser.cookies["sessionid"].value).pk


def test_each_login_is_shown_with_its_device_and_this_one_is_marked(browser: Client, alice: User) -> None:
    log_in(browser)
    log_in(Client(REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Mozilla/5.0 (Macintosh; Mac OS X) Safari/605"))
    page = browser.get("/account/security").content.decode()
    assert "Firefox on Linux" in page
    assert "Safari on macOS" in page
    assert "203.0.113.9" in page
    assert page.count("this one") == 1


def test_what_a_browser_says_of_itself_is_only_text(browser: Client, alice: User) -> None:
    log_in(browser)
    log_in(Client(HTTP_USER_AGENT="<script>alert(1)</script>"))
    assert b"<script>alert" not in browser.get("/account/security").content


def test_another_login_is_ended_at_once(browser: Client, alice: User) -> None:
    log_in(browser)
    other = Client()
    log_in(other)
    assert browser.post(f"/account/security/logins/{number_of(other)}/end").status_code == 302
    assert not is_logged_in(other)
    assert is_logged_in(browser)
    assert AuditEntry.objects.filter(user_id=alice.pk, action="login.ended").count() == 1


def test_all_others_are_ended_and_this_one_stays(browser: Client, alice: User) -> None:
    log_in(browser)
    others = [Client() for _ in range(3)]
    for other in others:
        log_in(other)
    assert browser.post("/account/security/logins/end-others").status_code == 302
    assert [is_logged_in(other) for other in others] == [False] * 3
    assert is_logged_in(browser)


def test_nobody_ends_anothers_login(browser: Client, alice: User) -> None:
    User.objects.create_user("mallory", "", PASSWORD)
    log_in(browser)
    mallory = Client()
    log_in(mallory, "mallory")
    assert mallory.post(f"/account/security/logins/{number_of(browser)}/end").status_code == 404
    mallory.post("/account/security/logins/end-others")
    assert is_logged_in(browser)


def test_nobody_at_all_ends_nothing(browser: Client, alice: User) -> None:
    log_in(browser)
    assert "/login" in Client().post(f"/account/security/logins/{number_of(browser)}/end").headers["Location"]
    assert is_logged_in(browser)
