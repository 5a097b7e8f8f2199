"""The benchmark's orders as requests: ours and the peer's say the same, and none is lost or sent twice."""

import json
import time
from collections import Counter
from itertools import chain, islice

import pytest

from access.key_errors import InvalidSignature
from access.signing import (
    KEY_HEADER,
    NONCE_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    WINDOW_HEADER,
    check_hmac,
    payload,
    read_stamp,
)
from bench.order_flow import BUY, CANCEL, LIMIT, MARKET, SELL, FlowCommand, generate
from bench.orders.orders import (
    BATCH,
    CLIENTS,
    account_of,
    batches,
    by_account,
    form,
    limit_orders,
    peers,
    shares,
    singles,
)

KEYS = {str(number): (f"key-{number}", f"secret{number:02}" * 5) for number in range(2, 2 + 2 * CLIENTS)}


def order(
    number: int = 1, side: int = BUY, price: int = 9_999_950, lots: int = 7, by: int = 1
) -> FlowCommand:
    return FlowCommand(LIMIT, number, side, price, lots, by)


def parts(request: bytes) -> tuple[str, dict[str, str], dict[str, object]]:
    """Its first line, its headers, its content."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    content: dict[str, object] = json.loads(body)
    headers = dict(line.split(": ", 1) for line in lines)
    assert headers["Content-Length"] == str(len(body))
    return first, headers, content


@pytest.mark.parametrize(
    ("price", "lots", "shown"),
    [
        (9_999_950, 7, ("99999.50", "0.00007")),
        (100, 1, ("1.00", "0.00001")),
        (101, 99_999, ("1.01", "0.99999")),
        (7, 10, ("0.07", "0.00010")),
        (199_999, 12_345, ("1999.99", "0.12345")),
    ],
)
def test_ticks_and_lots_are_written_as_decimals(price: int, lots: int, shown: tuple[str, str]) -> None:
    found = form(order(price=price, lots=lots))
    assert (found["price"], found["quantity"]) == shown


def test_sides_are_named() -> None:
    assert [form(order(side=side))["side"] for side in (BUY, SELL)] == ["BUY", "SELL"]


def test_only_limit_orders_are_sent() -> None:
    flow = [order(1), FlowCommand(CANCEL, 1, 0, 0, 0, 0), FlowCommand(MARKET, 2, SELL, 1, 5, 3), order(3)]
    assert [one.order_id for one in limit_orders(flow)] == [1, 3]


def test_nobody_buys_from_himself() -> None:
    """One account only buys and another only sells, for each of the clients."""
    flow = limit_orders(generate(3_000)[0])
    buyers = {account_of(one) for one in flow if one.side == BUY}
    sellers = {account_of(one) for one in flow if one.side == SELL}
    assert buyers == set(range(2, 2 + 2 * CLIENTS, 2))
    assert sellers == set(range(3, 3 + 2 * CLIENTS, 2))


def test_a_single_is_signed_by_its_account_over_what_is_sent() -> None:
    one = order(side=SELL, by=5)
    request = singles([one], KEYS)[0]
    first, _, content = parts(request)
    assert first == "POST /api/v1/orders HTTP/1.1"
    assert content == form(one)
    assert signed_by(request) == "key-13"
    check_signed(request, "/api/v1/orders", KEYS["13"][1])
    with pytest.raises(InvalidSignature):
        check_signed(request, "/api/v1/orders", KEYS["12"][1])
    with pytest.raises(InvalidSignature):
        check_signed(request.replace(b"SELL", b"sell"), "/api/v1/orders", KEYS["13"][1])


def named(request: bytes) -> dict[str, str]:
    """Its headers under the names that the house reads them by."""
    return {name.lower(): value for name, value in parts(request)[1].items()}


def signed_by(request: bytes) -> str:
    return named(request)[KEY_HEADER]


def check_signed(request: bytes, target: str, secret: str) -> None:
    """As the house checks it. Raises InvalidSignature."""
    headers, body = named(request), request.partition(b"\r\n\r\n")[2]
    stamp = read_stamp(
        headers[TIMESTAMP_HEADER], headers[WINDOW_HEADER], headers[NONCE_HEADER], time.time_ns() // 1_000_000
    )
    check_hmac(secret, payload(stamp, "POST", target, body), headers[SIGNATURE_HEADER])


def test_no_two_requests_have_the_same_signature() -> None:
    assert len(set(singles([order()] * 20, KEYS))) == 20


def test_a_batch_is_of_one_account_and_in_its_order() -> None:
    flow = limit_orders(generate(8_000)[0])
    sent = list(by_account(flow))
    assert len(sent) > CLIENTS
    for account, batch in sent:
        assert len(batch) == BATCH
        assert {account_of(one) for one in batch} == {account}
        assert [one.order_id for one in batch] == sorted(one.order_id for one in batch)
    numbers = Counter(one.order_id for _, batch in sent for one in batch)
    assert set(numbers.values()) == {1}
    assert len(flow) - len(numbers) < BATCH * 2 * CLIENTS  # what is left fills no batch


def test_a_batch_that_is_not_full_is_not_sent() -> None:
    assert batches([order(number) for number in range(BATCH - 1)], KEYS) == []
    (request,) = batches([order(number) for number in range(BATCH + 1)], KEYS)
    first, _, content = parts(request)
    assert first == "POST /api/v1/orders/batch HTTP/1.1"
    check_signed(request, "/api/v1/orders/batch", dict(KEYS.values())[signed_by(request)])
    assert content == {"orders": [form(order())] * BATCH}


def test_the_peer_is_sent_the_same_orders() -> None:
    flow = limit_orders(generate(200)[0])
    for one, ours, theirs in zip(flow, singles(flow, KEYS), peers(flow), strict=True):
        _, _, mine = parts(ours)
        _, headers, plain = parts(theirs)
        assert {"Host", "Content-Type", "Content-Length"} == set(headers)
        assert plain["account"] == account_of(one)
        assert str(plain["side"]).upper() == mine["side"]
        assert (plain["price"], plain["quantity"]) == (mine["price"], mine["quantity"])


@pytest.mark.parametrize(("count", "clients"), [(0, 1), (1, 4), (7, 3), (12, 4), (12, 1)])
def test_shares_deal_everything_out_once(count: int, clients: int) -> None:
    requests = [str(number).encode() for number in range(count)]
    dealt = [list(one) for one in shares(requests, clients)]
    assert len(dealt) == clients
    assert sorted(chain.from_iterable(dealt)) == sorted(requests)
    assert max(map(len, dealt)) - min(map(len, dealt)) <= 1


def test_a_share_keeps_the_order_of_the_flow() -> None:
    first, second = shares((str(number).encode() for number in range(10)), 2)
    assert list(islice(first, 3)) == [b"0", b"2", b"4"]
    assert list(second) == [b"1", b"3", b"5", b"7", b"9"]
