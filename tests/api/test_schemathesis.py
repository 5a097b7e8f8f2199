"""Requests made up from the OpenAPI document, right and wrong: each answer is as the document says."""

import secrets
import time
from contextlib import suppress
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from requests.auth import AuthBase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from access.signing import sign_request
from tests.api.house import House
from tests.api.people import MakeTrader, Trader

pytestmark = pytest.mark.long

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SLOWEST_SECONDS = 1.0
FUZZ = settings(
    max_examples=5,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Signed(AuthBase):
    """Signs what is sent, as it is sent."""

    def __init__(self, person: Trader) -> None:
        self.person = person

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        assert request.method is not None
        assert isinstance(body, str | bytes)
        request.headers.pop("Cookie", None)  # a made-up login would be one way too many
        signed = sign_request(
            key=self.person.key,
            secret=self.person.secret,
            method=request.method,
            target=request.path_url,
            body=body.encode() if isinstance(body, str) else body,
            timestamp_ms=time.time_ns() // 1_000_000,
            nonce=secrets.token_hex(8),
        )
        request.headers.update(signed)
        return request


@pytest.fixture
def rich(trader: MakeTrader) -> Trader:
    return trader("rich", USDB="1000000", BTC="1000", DOT="1000")


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_answers_as_the_document_says(
    house: House, rich: Trader, mode: GenerationMode
) -> None:
    document = schemathesis.openapi.from_url(f"{house.url}/api/openapi.json")
    operations = [found.ok() for found in document.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) > 30
    for operation in operations:

        @FUZZ
        @given(case=operation.as_strategy(generation_mode=mode))
        def try_all(case: Any) -> None:
            answer = case.call(auth=Signed(rich))
            case.validate_response(answer, checks=CHECKS)
            assert answer.elapsed < SLOWEST_SECONDS

        with suppress(Unsatisfiable):  # of some operations nothing wrong can be made up
            try_all()
