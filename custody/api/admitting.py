"""What every endpoint about bitcoin asks first: is there custody, and is it about bitcoin."""

from django.conf import settings

from custody.errors import AssetNotSupported, CustodyUnavailable
from custody.rendering import ASSET


def require_custody() -> None:
    """Raises CustodyUnavailable where none is set up."""
    if not settings.CUSTODY:
        raise CustodyUnavailable(part="custody")


def require_bitcoin(asset: str) -> None:
    """Raises AssetNotSupported, CustodyUnavailable."""
    if asset != ASSET:
        raise AssetNotSupported(field="asset", assets=[ASSET])
    require_custody()
