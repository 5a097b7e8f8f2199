"""What a request under /api/ brings: its head, its query and its body, each refused or strictly read."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from access.errors import DuplicateParam, InvalidHost, InvalidJson, UnknownField, UnsupportedMediaType
from access.http import Operation
from access.key_errors import KeyInUrl
from access.messages import Head
from access.parsing import parse_json, parse_query_string
from access.services import Origin, flag_exposed_key
from access.threads import in_admission_thread

_JSON_TYPE = re.compile(r'application/json(?:\s*;\s*charset="?utf-8"?)?', re.ASCII | re.IGNORECASE)
_KEY = re.compile(r"bk_[0-9a-f]{32}", re.ASCII)
_SECRET_NAMES = re.compile(
    rb"(?:^|&)(?:x-)?(?:api[-_]?key|access[-_]?key|apikey|secret|signature|ticket|token)=", re.IGNORECASE
)


async def flag_key_in_url(head: Head, request_id: str, count_lookup: Callable[[Head], None]) -> None:
    """Refuses, and marks the key: URLs are kept in logs, histories and referrers."""
    found = _KEY.search(head.target)
    if found is None and _SECRET_NAMES.search(head.raw_query) is None:
        return
    if found is not None:
        count_lookup(head)
        origin = Origin(ip=head.ip, request_id=request_id)
        await in_admission_thread(flag_exposed_key, public_id=found.group(), origin=origin)
    raise KeyInUrl


def check_host(head: Head) -> None:
    domain, _ = split_domain_port(head.headers.get("host", ""))
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        raise InvalidHost


def check_media_type(head: Head) -> None:
    if not head.has_body:
        return
    if _JSON_TYPE.fullmatch(head.headers.get("content-type", "")) is None:
        raise UnsupportedMediaType
    if head.headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMediaType


def parse_input(head: Head, body: bytes, operation: Operation) -> tuple[dict[str, Any], dict[str, Any]]:
    """The declared query and body. What is not declared is refused."""
    parameters = parse_query_string(head.raw_query)
    members = _members(body, operation)
    for name in parameters.keys() & members.keys():
        raise DuplicateParam("The name stands in the query and in the body.", field=name)
    if operation.query is not None:
        query = operation.query.parse_query(parameters)
    else:
        query = {}
        for name in parameters:
            raise UnknownField(field=name[:64])
    return query, operation.body.parse(members) if operation.body is not None else {}


def _members(body: bytes, operation: Operation) -> dict[str, Any]:
    if operation.body is not None:
        return parse_json(body, limit=operation.max_body_bytes)
    if body:
        raise InvalidJson("This request takes no body.")
    return {}
