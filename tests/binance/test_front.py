"""The way in: what is answered to whom before an operation runs."""

import httpx

from tests.binance.house import public


def test_what_is_not_there_is_said_in_json(client: httpx.Client) -> None:
    for path in ("/api/v3/nothing", "/sapi/v1/nothing/at/all", "/api/v3/"):
        answer = public(client, path)
        assert (answer.status, answer.json["code"]) == (404, -1020)
