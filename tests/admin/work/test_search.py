"""Whatever names something is found; what names nothing finds nothing, and breaks nothing."""

from django.db import connection
from django.utils import timezone

from access.cockpit import MOST_FOUND, Found
from access.models import EmailClaim
from access.services import Origin, create_api_key, record_audit
from access.signing import KeyKind
from config import cockpit_sources
from custody.models import Coin, Deposit, Spend, SpendVersion, WatchedScript, Withdrawal
from ledger.models import Transfer
from tests.admin.work.reading import every
from tests.custody.withdrawals.scene import BTC, HOME, Customer, later
from tests.vaults.support.rows import E8, funded_vault, open_vault_row
from vaults.models import CollateralWithdrawal

TXID = "ab" * 32
OUTSIDE = "bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry"


def find(term: str) -> list[Found]:
    return [found for source in every(cockpit_sources.SEARCH) for found in source.find(term)]


def kinds(term: str) -> set[str]:
    return {one.kind for one in find(term)}


def test_people_are_found_by_name_number_and_address(alice: Customer) -> None:
    user = alice.user
    user.email = "Alice@Example.com"
    user.save()
    name = user.get_username()
    for term in (name, name.upper(), f"user:{name}", "alice@example.com", "ALICE@EXAMPLE.COM"):
        (found,) = [one for one in find(term) if one.kind == "customer"]
        assert found.url == f"/admin/customers/{user.pk}/"
        assert found.title == name
    assert "customer" in kinds(str(user.pk))
    assert kinds("nobody@example.com") == set()
    EmailClaim.objects.create(user=user, email="new@example.com", at=timezone.now())
    assert kinds("new@example.com") == {"customer"}


def test_keys_and_requests_of_the_audit_trail(alice: Customer) -> None:
    key = create_api_key(user_id=alice.id, label="", kind=KeyKind.HMAC, scopes=[], origin=Origin()).key
    assert kinds(key.public_id) == {"API key"}
    record_audit(origin=Origin(alice.id, request_id="req-17"), action="x.done", subject="x:1")
    assert [one.title for one in find("req-17")] == ["x.done x:1"]
    assert [one.title for one in find("x:1")] == ["x.done x:1"]


def test_withdrawals_by_id_address_and_transaction(alice: Customer) -> None:
    row = alice.ask(BTC // 10)
    assert kinds(str(row.pk)) == {"withdrawal"}
    assert kinds(HOME) == kinds(HOME.upper()) == {"withdrawal", "allowed address"}
    spend = Spend.objects.create(purpose="WITHDRAWALS", wallet="hot", status="BROADCAST")
    for number, txid in ((1, TXID), (2, "cd" * 32)):
        SpendVersion.objects.create(
            spend=spend, number=number, plan={}, txid=txid, fee_sats=1, vbytes=100, tellings=1
        )
    Withdrawal.objects.filter(pk=row.pk).update(spend=spend, txid="cd" * 32)
    for txid in (TXID, "cd" * 32):
        assert kinds(txid) == {"withdrawal", "spend"}
        assert len(find(txid)) == 2


def test_deposits_by_transaction_address_and_number(alice: Customer) -> None:
    script = WatchedScript.objects.create(
        script=b"\x01",
        address="bcrt1qalicesown",
        trail="DEPOSIT",
        owner=alice.user,
        wallet="hot",
        branch=0,
        index=0,
    )
    coin = Coin.objects.create(txid=TXID, vout=0, watched=script, value_sats=BTC, spent_by="ef" * 32)
    deposit = Deposit.objects.create(coin=coin, owner=alice.user, amount_sats=BTC, status="CREDITED")
    assert kinds(TXID) == {"deposit", "coin"}
    assert kinds("ef" * 32) == {"coin"}
    (ours,) = find("bcrt1qalicesown")
    assert ours.detail == f"DEPOSIT of {alice.user}"
    assert "deposit" in kinds(str(deposit.pk))


def test_vaults_and_what_leaves_them(alice: Customer) -> None:
    vault = funded_vault("dora", debt=2_000 * E8)
    open_vault_row("emil")
    assert kinds(str(vault.pk)) == {"vault"}
    coin = Coin.objects.get(watched__owner__username="dora")
    assert "vault" in kinds(coin.txid)
    now = timezone.now()
    spend = Spend.objects.create(purpose="VAULT", wallet=vault.reference, status="BROADCAST")
    SpendVersion.objects.create(spend=spend, number=1, plan={}, txid=TXID, fee_sats=1, vbytes=1)
    out = CollateralWithdrawal.objects.create(
        vault=vault,
        kind="WITHDRAW",
        status="BROADCAST",
        address=OUTSIDE,
        amount_sats=5,
        fee_sats=1,
        spend_id=spend.pk,
        psbt="x",
        created_at=now,
        changed_at=now,
    )
    for term in (str(out.pk), OUTSIDE, TXID):
        assert "collateral out of a vault" in kinds(term), term


def test_transfers_of_the_ledger_by_number_and_key(alice: Customer) -> None:
    row = Transfer.objects.order_by("-pk")[0]
    assert kinds(row.key) == {"ledger transfer"}
    assert "ledger transfer" in kinds(str(row.pk))


def test_a_search_gives_few_of_many(alice: Customer) -> None:
    for number in range(MOST_FOUND + 2):
        alice.ask(BTC // 100, now=later(number))
    assert len([one for one in find(HOME) if one.kind == "withdrawal"]) == MOST_FOUND


def test_what_is_hostile_finds_nothing_and_breaks_nothing(alice: Customer) -> None:
    hostile = [
        "",
        " ",
        "\0",
        "a\0b",
        "'; DROP TABLE auth_user; --",
        "%",
        "_",
        "user:",
        "/",
        "//",
        "user:/x",
        "9" * 30,
        "-1",
        "9" * 18,
        "9" * 18 + "/" + "9" * 18,
        "x" * 5_000,
        "ä" * 300,
        "🂡",
        "{}[]<script>",
        "0x" + "f" * 64,
        "F" * 64,
        "@",
        "a@",
        "BTC-USDB/-1",
        "00000000-0000-0000-0000-000000000000",
    ]
    for term in hostile:
        assert find(term) == [], term
    assert connection.is_usable()
