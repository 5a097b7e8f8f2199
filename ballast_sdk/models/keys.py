"""Types of the API: what answers about keys are made of. Generated: do not edit."""

from ballast_sdk.models.base import Model
from ballast_sdk.models.choices import KeyKind


class Enrolment(Model, frozen=True, kw_only=True):
    """secret: Base32, for typing. Shown once.
    uri: otpauth://, for a QR code. Shown once.
    until_ms: Until when its first code is waited for.
    """

    secret: str
    uri: str
    until_ms: int


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


class SecondFactor(Model, frozen=True, kw_only=True):
    """locked_until_ms: After wrong codes in a row.
    pending_until_ms: While one is being set up.
    """

    is_enabled: bool
    enabled_at_ms: int | None
    recovery_codes_left: int
    locked_until_ms: int | None
    pending_until_ms: int | None
