"""The versions of the figures: the first, and how others come to be in force."""

from django.db import connection, transaction

from vaults.models import FiguresVersion
from vaults.rules.figures import Figures, as_values

_LOCK = "LOCK TABLE vaults_figuresversion IN SHARE ROW EXCLUSIVE MODE"


def version_in_force() -> FiguresVersion:
    """The newest, which a vault that is opened now pins."""
    return FiguresVersion.objects.order_by("-pk").first() or _first()


@transaction.atomic
def _first() -> FiguresVersion:
    """Whoever makes it, there is one."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    found = FiguresVersion.objects.order_by("-pk").first()
    return found or FiguresVersion.objects.create(
        **as_values(Figures()), reason="What the house begins with."
    )
