"""Refusals of what operators want of custody."""

from access.errors import DomainError, NotFound


class OperatorReasonRequired(DomainError):
    code = "REASON_REQUIRED"
    default_message = "Say why, in 1 to 300 characters."


class InvalidTerms(DomainError):
    """`least` and `most` say what the figure may be."""

    code = "INVALID_TERMS"
    default_message = "This figure is out of range, or does not go with another one."


class NothingChanges(DomainError):
    code = "NOTHING_CHANGES"
    default_message = "These are the terms that are in force."


class ProposalOpen(DomainError):
    code = "PROPOSAL_OPEN"
    status = 409
    default_message = "Other terms wait for approval; they are approved or withdrawn first."


class ProposalEnded(DomainError):
    code = "PROPOSAL_ENDED"
    status = 409
    default_message = "It was approved or withdrawn already."


class AlreadyStopped(DomainError):
    code = "ALREADY_STOPPED"
    status = 409
    default_message = "Withdrawals are stopped; there is nothing more to stop."


class StopEnded(DomainError):
    code = "STOP_ENDED"
    status = 409
    default_message = "Withdrawals go on already."


class NotReconciled(DomainError):
    code = "NOT_RECONCILED"
    status = 409
    default_message = (
        "These rows came out of a backup: manage.py reconcile_restored holds them against the chain."
    )


class ProposalNotFound(NotFound):
    pass
