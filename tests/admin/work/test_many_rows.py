"""However much there is of everything, no source of the home and no search reads a whole table."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import cockpit_sources
from custody.models import Withdrawal
from tests.admin.work.reading import every
from tests.custody.withdrawals.scene import HOME, Customer
from tests.exchange.support import make_market
from tests.exchange.test_indexes import FILLED

pytestmark = pytest.mark.long

MANY = 20_000
BIG = (
    "access_auditentry",
    "access_login",
    "auth_user",
    "custody_allowedaddress",
    "custody_withdrawal",
    "exchange_enginerequest",
    "exchange_order",
    "ledger_account",
)
TERMS = (
    "alice@example.com",
    "user:somebody-7",
    "19999",
    "1919936",
    "somebody-77/c77",
    "c77",
    "BTC-USDB/7",
    "bk_" + "ab" * 16,
    "req-777",
    "withdrawal:7",
    "ab" * 32,
    HOME,
    "00000000-0000-0000-0000-00000000000a",
    "deposit:7:credit:1",
)
_FILL = f"""
INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
  date_joined)
SELECT '!', false, 'somebody-' || n, '', '', 'somebody-' || n || '@example.com', false, true, now()
  FROM generate_series(1, {MANY}) AS n;
INSERT INTO custody_allowedaddress (owner_id, label, address, script, created_at, available_at)
SELECT id, '', 'bcrt1qsomebody' || id, decode(lpad(to_hex(id), 8, '0'), 'hex'), now(), now()
  FROM auth_user WHERE username LIKE 'somebody-%';
INSERT INTO custody_withdrawal (id, owner_id, key, allowed_id, address, amount_sats, fee_sats, totp_step,
  status, approvals_needed, settlements, txid, ended_because, requested_ip, created_at, changed_at)
SELECT gen_random_uuid(), owner_id, 'k' || n, id, address, 1000000 + n, 2000, n, 'CONFIRMED', 0, 1,
       encode(sha256((id || ':' || n)::text::bytea), 'hex'), '', '', now() - n * interval '1 day',
       now() - n * interval '1 day'
  FROM custody_allowedaddress CROSS JOIN generate_series(1, 2) AS n;
INSERT INTO access_login (user_id, session_key, ip, user_agent, created_at, seen_at)
SELECT id, 's' || id, '203.0.113.9', '', now(), now() FROM auth_user;
INSERT INTO access_auditentry (at, user_id, action, subject, ip, user_agent, request_id, previous_hash, hash)
SELECT now(), n, 'x.y', 'x:' || n, '', '', CASE WHEN n % 2 = 0 THEN 'req-' || n ELSE '' END, 'p' || n,
       'h' || n
  FROM generate_series(1, {MANY}) AS n;
INSERT INTO ledger_account (owner_id, asset_id, purpose, shard, balance_atoms)
SELECT id, 'BTC', 'FUNDING', 0, 0 FROM auth_user WHERE username LIKE 'somebody-%';
INSERT INTO exchange_enginerequest (shard_id, command_id, kind, summary, command, reason, status,
  reject_reason, created_at)
SELECT 0, gen_random_uuid(), 'SET_REFERENCE_PRICE', 'x', '', 'x', 'APPLIED', 0, now()
  FROM generate_series(1, {MANY}) AS n;
ANALYZE"""


@pytest.fixture
def crowded(alice: Customer) -> Customer:
    make_market()
    row = alice.ask(2 * 10**8)
    with connection.cursor() as cursor:
        cursor.execute(_FILL)
        cursor.execute(FILLED)
        cursor.execute("ANALYZE exchange_order")
    assert Withdrawal.objects.filter(pk=row.pk, status="AWAITING_APPROVAL").exists()
    return alice


def whole_reads(statements: list[str]) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for sql in statements:
            if not sql.lstrip().upper().startswith(("SELECT", "WITH")):
                continue
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            read = set(re.findall(r"Seq Scan on (\w+)", plan))
            if read & set(BIG):
                found.append(f"{sql}\n{plan}")
    return found


def test_nothing_of_the_home_a_search_or_a_customers_page_reads_a_whole_table(crowded: Customer) -> None:
    operator = User.objects.create(username="olga", is_staff=True, is_superuser=True)
    with CaptureQueriesContext(connection) as captured:
        for source in every(cockpit_sources.WORK):
            if source.name != "checks":
                source.look(operator.pk)
        for source in every(cockpit_sources.FIGURES):
            if source.name != "house":
                source.read()
        for source in every(cockpit_sources.PANELS):
            source.show(crowded.id)
        for term in TERMS:
            for source in every(cockpit_sources.SEARCH):
                source.find(term)
        statements = [query["sql"] for query in captured.captured_queries]
    assert len(statements) > 150
    assert whole_reads(["SELECT * FROM auth_user"])  # so it would be seen
    assert whole_reads(statements) == []
