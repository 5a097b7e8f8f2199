"""What the oracle stores. Only its services write here. Prices are integers of 1e-8 USD, times ms UTC."""

from oracle.models.history import Current, Minute, Round
from oracle.models.incidents import Approval, Incident, IncidentKind
from oracle.models.terms import PolicyVersion, SourceRow

__all__ = ["Approval", "Current", "Incident", "IncidentKind", "Minute", "PolicyVersion", "Round", "SourceRow"]
