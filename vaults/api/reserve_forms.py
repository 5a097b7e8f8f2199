"""What a client may ask of the reserves."""

from uuid import UUID

from access.errors import InvalidCursor
from access.fields import IntegerField, StrictField
from access.pagination import DEFAULT_LIMIT
from access.serializers import StrictSerializer

MAX_VAULTS = 100


class VaultCursorField(StrictField):
    """Gives the id of the vault that the last page ended with."""

    def parse(self, value: object) -> UUID:
        try:
            found = UUID(f"{value}")
        except ValueError:
            raise InvalidCursor from None
        if found.hex != value:
            raise InvalidCursor
        return found


class ReserveVaultsQuery(StrictSerializer):
    limit = IntegerField(1, MAX_VAULTS, default=DEFAULT_LIMIT)
    cursor = VaultCursorField(default=None)


class ProofQuery(StrictSerializer):
    """Without a `snapshot`: of the newest."""

    snapshot = IntegerField(1, default=None)
