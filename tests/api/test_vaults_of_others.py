"""Another's vault answers on every path as one that does not exist; and what roles and scopes allow whom."""

import secrets
import uuid
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from access.models import AccountRole
from access.roles import Role
from tests.api.bitcoin import OUTSIDE
from tests.api.people import Trader, refusal
from tests.api.vault_owners import VAULTS, Owner, begin_vaults, done, new_owner, path_of
from tests.custody.support.house import BTC, CustodyHouse

READS = ("", "/events", "/deposits", "/withdrawals", "/export", "/preview?mint=1")
DEEDS: dict[str, dict[str, Any]] = {
    "/mint": {"amount": "1"},
    "/withdraw": {"amount": "0.1", "address": OUTSIDE},
    "/close": {"address": OUTSIDE},
    "/save": {"repay": "1"},
}


@pytest.fixture(scope="module")
def alice(client: httpx.Client, chain: CustodyHouse) -> Owner:
    begin_vaults()
    return new_owner(client, "alice")


@pytest.fixture(scope="module")
def path(alice: Owner, chain: CustodyHouse) -> str:
    return alice.funded(chain, BTC)


@pytest.fixture(scope="module")
def plan(alice: Owner, path: str) -> str:
    """The path of a withdrawal that waits for her signature."""
    shown = done(alice.deed(f"{path}/withdraw", amount="0.1", address=OUTSIDE))["withdrawal"]
    return f"{path}/withdrawals/{shown['withdrawal_id']}"


@pytest.fixture(scope="module")
def eve(client: httpx.Client) -> Owner:
    return new_owner(client, "eve")


def same_body(answer: httpx.Response) -> dict[str, Any]:
    """Without what is another one in each answer."""
    error: dict[str, Any] = answer.json()["error"]
    return {name: value for name, value in error.items() if name != "request_id"}


@pytest.mark.parametrize("what", READS)
def test_it_is_not_there_to_read(eve: Owner, path: str, what: str) -> None:
    theirs = eve.send("GET", f"{path}{what}")
    nobodys = eve.send("GET", f"{path_of(str(uuid.uuid4()))}{what}")
    assert refusal(theirs) == (404, "NOT_FOUND")
    assert same_body(theirs) == same_body(nobodys)


@pytest.mark.parametrize("what", DEEDS)
def test_it_is_not_there_for_a_deed(eve: Owner, path: str, what: str) -> None:
    theirs = eve.deed(f"{path}{what}", **DEEDS[what])
    nobodys = eve.deed(f"{path_of(str(uuid.uuid4()))}{what}", **DEEDS[what])
    assert refusal(theirs) == (404, "NOT_FOUND")
    assert same_body(theirs) == same_body(nobodys)


def test_their_withdrawal_is_not_there(alice: Owner, eve: Owner, path: str, plan: str) -> None:
    psbt = alice.get(plan)["withdrawal"]["psbt"]
    own = path_of(eve.open()["vault_id"])
    for prefix in (path, own):
        one = f"{prefix}/withdrawals/{plan.rpartition('/')[2]}"
        assert refusal(eve.send("GET", one)) == (404, "NOT_FOUND")
        assert refusal(eve.send("DELETE", one)) == (404, "NOT_FOUND")
        assert refusal(eve.send("POST", f"{one}/sign", {"psbt": psbt})) == (404, "NOT_FOUND")
    assert alice.get(plan)["withdrawal"]["status"] == "PLANNED"


@pytest.mark.parametrize("name", ["1", "A" * 36, "0" * 32, "%2e%2e", "ED3BB422-8BEF-482E-963A-B9851B412E83"])
def test_what_can_be_no_vault_is_not_there(eve: Owner, name: str) -> None:
    assert refusal(eve.send("GET", path_of(name))) == (404, "NOT_FOUND")
    assert refusal(eve.deed(f"{path_of(name)}/repay", all=True)) == (404, "NOT_FOUND")


def test_nobody_sees_another_in_a_list(alice: Owner, eve: Owner, path: str) -> None:
    theirs = {one["vault_id"] for one in alice.get(VAULTS)["vaults"]}
    assert not theirs & {one["vault_id"] for one in eve.get(VAULTS)["vaults"]}


def test_a_key_that_trades_takes_nothing_out(mallory: Trader, path: str, plan: str) -> None:
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    for what in ("/withdraw", "/close"):
        answer = mallory.send("POST", f"{path}{what}", DEEDS[what], headers=headers)
        assert refusal(answer) == (403, "FORBIDDEN")
    assert refusal(mallory.send("POST", f"{plan}/sign", {"psbt": "x"})) == (403, "FORBIDDEN")
    assert refusal(mallory.send("DELETE", plan)) == (403, "FORBIDDEN")
    saving = {"deposit": "0.1", "code": "123456"}
    assert refusal(mallory.send("POST", f"{path}/save", saving, headers=headers)) == (403, "FORBIDDEN")


def test_terms_are_for_everybody(client: httpx.Client) -> None:
    terms = client.get(f"{VAULTS}/terms").json()["terms"]
    assert (terms["min_ratio"], terms["stability_fee"]) == ("1.500000", "0.020000")
    assert (terms["debt_floor"], terms["minting_open"]) == ("1000.00000000", True)
    assert refusal(client.get(VAULTS))[0] == 401


@pytest.fixture
def suspended(client: httpx.Client, chain: CustodyHouse) -> tuple[Owner, str]:
    begin_vaults()
    owner = new_owner(client, "sam")
    path = owner.funded(chain, BTC)
    done(owner.deed(f"{path}/mint", amount="2000"))
    user = User.objects.get(pk=owner.user_id)
    AccountRole.objects.create(user=user, role=Role.SUSPENDED, changed_at=timezone.now())
    return owner, path


def test_who_is_suspended_may_repay_and_save_alone(suspended: tuple[Owner, str]) -> None:
    owner, path = suspended
    for answer in (
        owner.deed(VAULTS, **owner.opening()),
        owner.deed(f"{path}/mint", amount="1"),
        owner.deed(f"{path}/withdraw", amount="0.1", address=OUTSIDE),
    ):
        assert refusal(answer) == (403, "NOT_PERMITTED")
    assert done(owner.deed(f"{path}/repay", amount="500"))["repaid"]["debt"] == "1500.00000000"
    assert done(owner.deed(f"{path}/save", repay="500"))["saved"]["debt"] == "1000.00000000"
    done(owner.deed(f"{path}/repay", all=True))
    assert refusal(owner.deed(f"{path}/close", address=OUTSIDE)) == (403, "NOT_PERMITTED")
