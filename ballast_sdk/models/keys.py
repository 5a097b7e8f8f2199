"""Types of the API: what answers about keys are made of. Generated: do not edit."""

from ballast_sdk.models.base import Model
from ballast_sdk.models.choices import KeyKind


class Key(Model, frozen=True, kw_only=True):
    """key: What X-API-KEY carries."""

    key_id: str
    key: str
    label: str
    kind: KeyKind
    scopes: list[str]
    allowed_networks: list[str]
    created_at_ms: int
    expires_at_ms: int | None
    last_used_at_ms: int | None
    last_used_ip: str | None


class NewKey(Model, frozen=True, kw_only=True):
    """key: What X-API-KEY carries.
    secret: Shown once; empty for an Ed25519 key.
    """

    key_id: str
    key: str
    label: str
    kind: KeyKind
    scopes: list[str]
    allowed_networks: list[str]
    created_at_ms: int
    expires_at_ms: int | None
    last_used_at_ms: int | None
    last_used_ip: str | None
    secret: str
