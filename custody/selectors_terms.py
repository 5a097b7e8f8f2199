"""The terms in force, and what waits to be."""

from custody.models import TermsProposal, TermsVersion
from custody.rules.terms import Terms, terms_from_json


def terms_in_force() -> Terms:
    """The newest version; without one the built-in figures."""
    newest = TermsVersion.objects.order_by("-pk").first()
    return Terms() if newest is None else terms_from_json(newest.content)


def open_proposal() -> TermsProposal | None:
    return TermsProposal.objects.filter(ended_at__isnull=True).first()
