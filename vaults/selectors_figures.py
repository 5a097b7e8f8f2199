"""The figures in force."""

from vaults.models import FiguresProposal, FiguresVersion
from vaults.rules.figures import Figures


def figures_in_force() -> Figures:
    """Of the newest version; the defaults before the first one."""
    row = FiguresVersion.objects.order_by("-pk").first()
    return Figures() if row is None else row.figures


def open_proposal() -> FiguresProposal | None:
    return FiguresProposal.objects.filter(ended_at__isnull=True).first()
