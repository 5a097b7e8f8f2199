"""Bad inputs and attacks with the answer each must get, at a handler of the loop and at a DRF view."""

import json

import httpx
import pytest

from tests.access.people import ORDER, Person, code

ORDERS = "/api/v1/test/orders"
VIEW_ORDERS = "/api/v1/test/view-orders"
BOTH = pytest.mark.parametrize("path", [ORDERS, VIEW_ORDERS])
NUMBER = "INVALID_NUMBER"
_NO_TEXT: list[object] = [1, 0, True, None, [], {}, ["1"]]
NUMBERS: list[tuple[object, str]] = [
    *[
        (text, NUMBER)
        for text in ("NaN", "nan", "sNaN", "-NaN123", "Infinity", "-1", "", "1,5", "0x1", "1/2")
    ],
    *[(text, NUMBER) for text in ("1e999999", "1e-999999", "1E400000000", "1e2")],
    *[(text, NUMBER) for text in ("+5", " 1 ", "1.", ".5", "01", "1_000", "1\n", "00", "0.")],
    *[(text, NUMBER) for text in ("１２３", "١٢٣", "𝟙", "1٫5", "½")],
    *[(other, "INVALID_TYPE") for other in _NO_TEXT],
    ("0.30000000000000004", "PRECISION"),
    ("9" * 38, "OUT_OF_RANGE"),
    ("9" * 1000, "OUT_OF_RANGE"),
    ("9" * 1000 + ".1", "OUT_OF_RANGE"),
]
SPELLED_NUMBERS = ["0.1", "1e400", "1.0", "-0.0", "1e2"]


def bytes_with(field: str, spelled: str) -> bytes:
    """An order whose `field` is the JSON text `spelled`."""
    return json.dumps(ORDER | {field: "@"}).replace('"@"', spelled).encode()


@BOTH
@pytest.mark.parametrize(("value", "expected"), NUMBERS, ids=lambda value: repr(value)[:30])
@pytest.mark.parametrize("field", ["price", "amount"])
def test_a_number_is_a_plain_decimal_string(
    client: httpx.Client, shared: Person, path: str, field: str, value: object, expected: str
) -> None:
    response = shared.send(client, "POST", path, ORDER | {field: value})
    assert code(response) == (400, expected)
    assert response.json()["error"]["field"] == field
    assert response.elapsed.total_seconds() < 1


@BOTH
@pytest.mark.parametrize("spelled", SPELLED_NUMBERS)
def test_a_json_float_is_never_a_number(
    client: httpx.Client, shared: Person, path: str, spelled: str
) -> None:
    for field in ("price", "leverage"):
        response = shared.send(client, "POST", path, body=bytes_with(field, spelled))
        assert code(response) == (400, "INVALID_TYPE")


def test_nine_decimals_are_too_many_for_an_asset_of_eight(client: httpx.Client, shared: Person) -> None:
    response = shared.send(client, "POST", ORDERS, ORDER | {"amount": "0.123456789"})
    assert code(response) == (400, "PRECISION")


def test_an_amount_of_nothing_is_out_of_range(client: httpx.Client, shared: Person) -> None:
    assert code(shared.send(client, "POST", ORDERS, ORDER | {"amount": "0"})) == (400, "OUT_OF_RANGE")


@pytest.mark.parametrize("number", [0, -1, 1000, 2**63, 2**64, -(2**63), 10**30])
def test_an_integer_is_bounded(client: httpx.Client, shared: Person, number: int) -> None:
    body = bytes_with("leverage", str(number))
    assert code(shared.send(client, "POST", ORDERS, body=body)) == (400, "OUT_OF_RANGE")


@pytest.mark.parametrize("text", ["9223372036854775808", "18446744073709551616", "9" * 39, "0", "-1"])
def test_an_integer_in_the_query_is_bounded(client: httpx.Client, shared: Person, text: str) -> None:
    assert code(shared.send(client, "GET", f"{ORDERS}?limit={text}")) == (400, "OUT_OF_RANGE")


@pytest.mark.parametrize("text", ["abc", "1.5", "1e2", "%2B1", "01", "", "%D9%A1", "0x10", "1_0"])
def test_an_integer_in_the_query_is_plain(client: httpx.Client, shared: Person, text: str) -> None:
    assert code(shared.send(client, "GET", f"{ORDERS}?limit={text}")) == (400, "INVALID_NUMBER")


JSONS: dict[str, bytes] = {
    "nan": bytes_with("price", "NaN"),
    "infinity": bytes_with("price", "-Infinity"),
    "digits": bytes_with("leverage", "9" * 5000),
    "nested": b"[" * 15_000,
    "nested object": b'{"a":' * 3_000,
    "deep": b'{"note":' + b"[" * 17 + b"]" * 17 + b"}",
    "duplicate": b'{"symbol":"BTC-USDB","symbol":"BTC-EUR"}',
    "duplicate inside": b'{"legs":[{"a":1,"a":2}]}',
    "latin": '{"note":"é"}'.encode("latin-1"),
    "utf-16": json.dumps(ORDER).encode("utf-16"),
    "utf-16 without mark": json.dumps(ORDER).encode("utf-16-le"),
    "utf-32": json.dumps(ORDER).encode("utf-32"),
    "mark": b"\xef\xbb\xbf" + json.dumps(ORDER).encode(),
    "overlong": b'{"note":"\xc0\xaf"}',
    "surrogate": b'{"note":"\\ud800"}',
    "surrogate name": b'{"\\udfff":1}',
    "null": b"null",
    "list": b"[]",
    "list of orders": b"[" + json.dumps(ORDER).encode() + b"]",
    "string": b'"x"',
    "number": b"1",
    "two": json.dumps(ORDER).encode() * 2,
    "trailing comma": b'{"symbol":"BTC-USDB",}',
    "single quotes": b"{'symbol':'BTC-USDB'}",
    "comment": b'{"symbol":"BTC-USDB"/**/}',
    "cut": json.dumps(ORDER).encode()[:-5],
    "control": b'{"note":"a\x00b"}',
    "blank": b"  ",
}


@BOTH
@pytest.mark.parametrize("name", JSONS)
def test_what_is_not_one_strict_json_object_is_refused(
    client: httpx.Client, shared: Person, path: str, name: str
) -> None:
    assert code(shared.send(client, "POST", path, body=JSONS[name])) == (400, "INVALID_JSON")


@BOTH
def test_an_empty_body_is_no_order(client: httpx.Client, shared: Person, path: str) -> None:
    assert code(shared.send(client, "POST", path)) == (400, "INVALID_JSON")


def test_a_body_where_none_belongs_is_refused(client: httpx.Client, shared: Person) -> None:
    response = shared.send(client, "DELETE", f"{ORDERS}/7", {"all": True})
    assert code(response) == (400, "INVALID_JSON")


@BOTH
@pytest.mark.parametrize("extra", ["stop_price", "user_id", "__proto__", "", "Symbol", "n" * 5000, "‮"])
def test_an_unknown_field_is_refused(client: httpx.Client, shared: Person, path: str, extra: str) -> None:
    assert code(shared.send(client, "POST", path, ORDER | {extra: "1"})) == (400, "UNKNOWN_FIELD")


def test_ten_thousand_fields_are_refused_before_they_are_looked_at(
    client: httpx.Client, shared: Person
) -> None:
    some = {str(number): 1 for number in range(1000)}
    many = {str(number): 1 for number in range(10_000)}
    assert code(shared.send(client, "POST", ORDERS, some)) == (400, "UNKNOWN_FIELD")
    assert code(shared.send(client, "POST", ORDERS, many)) == (413, "PAYLOAD_TOO_LARGE")


@BOTH
@pytest.mark.parametrize("missing", ["symbol", "side", "price"])
def test_a_required_field_is_named_when_it_is_missing(
    client: httpx.Client, shared: Person, path: str, missing: str
) -> None:
    order = {name: value for name, value in ORDER.items() if name != missing}
    response = shared.send(client, "POST", path, order)
    assert code(response) == (400, "MISSING_FIELD")
    assert response.json()["error"]["field"] == missing


MEDIA_TYPES = [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "text/xml",
    "application/yaml",
    "application/msgpack",
    "text/plain",
    "text/json",
    "application/json; charset=utf-16",
    "application/json; charset=utf-7",
    "application/json, text/plain",
    "application/json; charset=utf-8; x=y",
    "",
]


@BOTH
@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_only_json_is_taken(client: httpx.Client, shared: Person, path: str, media_type: str) -> None:
    response = shared.send(client, "POST", path, ORDER, headers={"Content-Type": media_type})
    assert code(response) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON;charset=UTF-8"])
def test_json_may_name_its_encoding(client: httpx.Client, shared: Person, media_type: str) -> None:
    response = shared.send(client, "POST", ORDERS, ORDER, headers={"Content-Type": media_type})
    assert response.status_code == 200


def test_a_compressed_body_is_refused(client: httpx.Client, shared: Person) -> None:
    response = shared.send(client, "POST", ORDERS, ORDER, headers={"Content-Encoding": "gzip"})
    assert code(response) == (415, "UNSUPPORTED_MEDIA_TYPE")


@BOTH
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "HEAD", "PROPFIND"])
def test_an_undeclared_method_is_not_allowed(
    client: httpx.Client, shared: Person, path: str, method: str
) -> None:
    response = shared.send(client, method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"
    if method != "HEAD":
        assert code(response) == (405, "METHOD_NOT_ALLOWED")


@BOTH
def test_a_method_cannot_be_overridden(client: httpx.Client, shared: Person, path: str) -> None:
    response = shared.send(client, "GET", path, headers={"X-HTTP-Method-Override": "DELETE"})
    assert response.status_code == 200
    assert "limit" in response.json()["query"]


@BOTH
@pytest.mark.parametrize(
    "query", ["symbol=BTC-USDB&symbol=BTC-EUR", "limit=1&limit=1", "limit=1&%6Cimit=2", "limit=1&limit="]
)
def test_a_parameter_may_stand_only_once(client: httpx.Client, shared: Person, path: str, query: str) -> None:
    assert code(shared.send(client, "GET", f"{path}?{query}")) == (400, "DUPLICATE_PARAM")


@BOTH
def test_a_parameter_may_not_stand_in_query_and_body(client: httpx.Client, shared: Person, path: str) -> None:
    response = shared.send(client, "POST", f"{path}?symbol=BTC-EUR", ORDER)
    assert code(response) == (400, "DUPLICATE_PARAM")


@pytest.mark.parametrize("query", ["symbl=BTC-USDB", "format=api", "_method=DELETE", "limit[]=1", "a.b=1"])
def test_an_unknown_parameter_is_refused(client: httpx.Client, shared: Person, query: str) -> None:
    assert code(shared.send(client, "GET", f"{ORDERS}?{query}")) == (400, "UNKNOWN_FIELD")


@pytest.mark.parametrize(
    "query", ["limit", "=1", "&", "limit=1&&", "limit=%", "limit=%zz", "limit=%ff", "%=1"]
)
def test_a_malformed_query_is_refused(client: httpx.Client, shared: Person, query: str) -> None:
    assert code(shared.send(client, "GET", f"{ORDERS}?{query}")) == (400, "INVALID_QUERY")


@pytest.mark.parametrize("host", ["evil.com", "localhost.evil.com", "", "localhost:80:80", "a b"])
def test_a_foreign_host_is_refused(client: httpx.Client, shared: Person, host: str) -> None:
    response = shared.send(client, "GET", ORDERS, headers={"Host": host})
    assert code(response) == (400, "INVALID_HOST")


def test_a_spoofed_forwarded_host_changes_nothing(client: httpx.Client, shared: Person) -> None:
    spoofed = {"X-Forwarded-Host": "evil.com", "X-Forwarded-Proto": "https", "X-Original-URL": "/admin/"}
    response = shared.send(client, "GET", ORDERS, headers=spoofed)
    assert response.status_code == 200
    assert "evil" not in response.text


@pytest.mark.parametrize("path", ["/api/v1/test/fault", "/api/v1/test/view-fault"])
def test_a_bug_is_a_json_answer_without_a_trace(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert code(response) == (500, "INTERNAL")
    assert "secret" not in response.text


def test_a_bug_in_a_thread_is_a_json_answer_too(client: httpx.Client) -> None:
    assert code(client.post("/api/v1/test/fault")) == (500, "INTERNAL")


@pytest.mark.parametrize("path", ["/api/v1/test/fault", "/api/v1/test/view-fault"])
def test_a_refusal_carries_its_named_values(client: httpx.Client, path: str) -> None:
    response = client.delete(path)
    assert code(response) == (409, "BROKEN_RULE")
    assert response.json()["error"]["field"] == "order"
    assert response.json()["error"]["wait_seconds"] == 3
