"""Operations about keys. Generated: do not edit."""

from collections.abc import Sequence

from ballast_sdk.calls import Call, Repeat, given, segment
from ballast_sdk.models.choices import KeyKind, KeyScope
from ballast_sdk.models.keys import Key, NewKey
from ballast_sdk.sending import AsyncGroup


class AsyncKeysApi(AsyncGroup):
    """One's own API keys."""

    async def all(self) -> list[Key]:
        """My API keys."""
        return await self._send(
            Call[list[Key]]("GET", "/api/v1/api-keys", {200: list[Key]}, member="keys", repeat=Repeat.ALWAYS)
        )

    async def create(
        self,
        *,
        kind: KeyKind,
        scopes: Sequence[KeyScope],
        label: str | None = None,
        public_key: str | None = None,
        allowed_networks: Sequence[str] | None = None,
        expires_at_ms: int | None = None,
    ) -> NewKey:
        """Create an API key.

        Only from a login: a key that could make keys would outlive its own revocation.

        public_key: Ed25519 only: 32 bytes in base64.
        """
        return await self._send(
            Call[NewKey](
                "POST",
                "/api/v1/api-keys",
                {201: NewKey},
                body=given(
                    kind=kind,
                    scopes=scopes,
                    label=label,
                    public_key=public_key,
                    allowed_networks=allowed_networks,
                    expires_at_ms=expires_at_ms,
                ),
            )
        )

    async def revoke(self, key_id: int) -> None:
        """Revoke an API key.

        Works at once. Any key of the owner may do it, so that a leaked one can be ended from a script.
        """
        return await self._send(Call[None]("DELETE", f"/api/v1/api-keys/{segment(key_id)}", {204: None}))
