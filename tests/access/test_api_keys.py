"""API keys: made by a login, shown once, kept encrypted, listed and revoked by their owner only."""

import base64
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError

from access.encryption import decrypt, encrypt
from access.errors import NotFound
from access.http import Scope
from access.key_errors import InvalidNetwork, InvalidPublicKey, TooManyKeys, WithdrawScopeNeedsNetworks
from access.models import ApiKey, AuditEntry
from access.services import MAX_KEYS_OF_USER, NewKey, Origin, create_api_key, revoke_api_key
from access.signing import KeyKind
from tests.access.people import Person, code, new_user, person, public_text
from tests.access.test_sessions import logged_in, with_token

KEYS = "/api/v1/api-keys"


def create(user_id: int, **options: Any) -> NewKey:
    wanted: dict[str, Any] = {
        "label": "bot",
        "kind": KeyKind.HMAC,
        "scopes": [Scope.READ],
        "origin": Origin(),
        **options,
    }
    return create_api_key(user_id=user_id, **wanted)


def test_a_login_makes_a_key_that_then_speaks(client: httpx.Client, alice: Person) -> None:
    headers = with_token(logged_in(alice.user))
    made = client.post(KEYS, json={"kind": "HMAC", "scopes": ["read"], "label": "bot"}, headers=headers)
    assert made.status_code == 201, made.text
    new = Person(alice.user, int(made.json()["key_id"]), made.json()["key"], made.json()["secret"])
    listed = new.send(client, "GET", KEYS).json()["keys"]
    assert [key["key_id"] for key in listed] == [str(new.key_id), str(alice.key_id)]
    assert all("secret" not in key for key in listed)
    assert str(new.secret) not in str(listed)


def test_a_login_makes_an_ed25519_key_of_which_no_secret_is_known(
    client: httpx.Client, alice: Person
) -> None:
    private = Ed25519PrivateKey.generate()
    body = {"kind": "ED25519", "scopes": ["read"], "public_key": public_text(private)}
    made = client.post(KEYS, json=body, headers=with_token(logged_in(alice.user))).json()
    assert made["secret"] == ""
    assert (
        Person(alice.user, int(made["key_id"]), made["key"], private).send(client, "GET", KEYS).status_code
        == 200
    )


def test_a_key_cannot_make_keys(client: httpx.Client, db: None) -> None:
    carol = person("carol", scopes=list(Scope), allowed_networks=["127.0.0.1"])
    response = carol.send(client, "POST", KEYS, {"kind": "HMAC", "scopes": ["read"]})
    assert code(response) == (403, "FORBIDDEN")


def test_a_key_may_revoke_itself_and_is_refused_from_then_on(client: httpx.Client, alice: Person) -> None:
    assert alice.send(client, "DELETE", f"{KEYS}/{alice.key_id}").status_code == 204
    assert code(alice.send(client, "GET", KEYS)) == (401, "INVALID_KEY")


@pytest.mark.parametrize("number", [10**9, 0, 2**70])
def test_the_key_of_another_is_as_absent_as_none(
    client: httpx.Client, alice: Person, bob: Person, number: int
) -> None:
    others = alice.send(client, "DELETE", f"{KEYS}/{bob.key_id}")
    nobodys = alice.send(client, "DELETE", f"{KEYS}/{number}")
    assert code(others) == code(nobodys) == (404, "NOT_FOUND")
    assert others.json()["error"]["message"] == nobodys.json()["error"]["message"]
    assert bob.send(client, "GET", KEYS).status_code == 200


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"scopes": ["withdraw"]}, (422, "WITHDRAW_NEEDS_IP_ALLOWLIST")),
        ({"scopes": ["admin"]}, (400, "INVALID_CHOICE")),
        ({"scopes": []}, (400, "OUT_OF_RANGE")),
        ({"kind": "none"}, (400, "INVALID_CHOICE")),
        ({"allowed_networks": ["10.0.0.1/8"]}, (400, "INVALID_NETWORK")),
        ({"allowed_networks": ["everywhere"]}, (400, "INVALID_NETWORK")),
        ({"kind": "ED25519"}, (400, "INVALID_PUBLIC_KEY")),
        ({"kind": "ED25519", "public_key": "AAAA"}, (400, "INVALID_PUBLIC_KEY")),
        ({"kind": "ED25519", "public_key": "é"}, (400, "INVALID_PUBLIC_KEY")),
        ({"expires_at_ms": 10**17}, (400, "INVALID_TIME")),
        ({"label": "x" * 65}, (400, "INVALID_TEXT")),
        ({"user_id": 1}, (400, "UNKNOWN_FIELD")),
    ],
)
def test_a_malformed_key_is_not_made(
    client: httpx.Client, alice: Person, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    body = {"kind": "HMAC", "scopes": ["read"], **changes}
    assert code(client.post(KEYS, json=body, headers=with_token(logged_in(alice.user)))) == expected


def test_a_secret_is_kept_encrypted_and_bound_to_its_key(db: None) -> None:
    new = create(new_user("carol").pk)
    stored = bytes(ApiKey.objects.get(pk=new.key.pk).encrypted_secret)
    assert new.secret.encode() not in stored
    assert decrypt(stored, owner=new.key.public_id) == new.secret
    with pytest.raises(InvalidTag):
        decrypt(stored, owner="another key")


def test_equal_secrets_are_stored_differently() -> None:
    assert encrypt("s", owner="o") != encrypt("s", owner="o")


def test_making_and_revoking_stand_in_the_audit_trail(db: None) -> None:
    user = new_user("carol")
    origin = Origin(user_id=user.pk, ip="203.0.113.9")
    new = create(user.pk, origin=origin)
    revoke_api_key(user_id=user.pk, key_id=new.key.pk, origin=origin)
    entries = AuditEntry.objects.filter(subject=f"api_key:{new.key.pk}").order_by("pk")
    assert [entry.action for entry in entries] == ["api_key.created", "api_key.revoked"]
    assert {entry.user_id for entry in entries} == {user.pk}
    assert new.secret not in str([entry.after for entry in entries])


def test_a_key_is_revoked_once(db: None) -> None:
    user = new_user("carol")
    new = create(user.pk)
    revoke_api_key(user_id=user.pk, key_id=new.key.pk, origin=Origin())
    with pytest.raises(NotFound):
        revoke_api_key(user_id=user.pk, key_id=new.key.pk, origin=Origin())


def test_the_number_of_keys_is_bounded(db: None) -> None:
    user = new_user("carol")
    keys = [create(user.pk) for _ in range(MAX_KEYS_OF_USER)]
    with pytest.raises(TooManyKeys):
        create(user.pk)
    revoke_api_key(user_id=user.pk, key_id=keys[0].key.pk, origin=Origin())
    create(user.pk)


def test_the_database_refuses_a_withdraw_key_without_networks(db: None) -> None:
    new = create(new_user("carol").pk)
    with pytest.raises(IntegrityError, match="withdraw_scope_needs_networks"):
        ApiKey.objects.filter(pk=new.key.pk).update(scopes=["withdraw"])
    with pytest.raises(WithdrawScopeNeedsNetworks):
        create(new_user("dave").pk, scopes=[Scope.WITHDRAW])


def test_too_many_networks_are_refused(db: None) -> None:
    with pytest.raises(InvalidNetwork):
        create(new_user("carol").pk, allowed_networks=[f"10.0.0.{number}" for number in range(21)])


def test_a_point_that_is_no_key_is_refused(db: None) -> None:
    with pytest.raises(InvalidPublicKey):
        create(new_user("carol").pk, kind=KeyKind.ED25519, public_key=base64.b64encode(b"x" * 31).decode())
