"""Refusals of proposals that wait for a second operator."""

from access.errors import DomainError


class ProposalIsGone(DomainError):
    code = "PROPOSAL_NOT_FOUND"
    status = 404
    default_message = "There is no such proposal."


class ProposalIsOver(DomainError):
    code = "PROPOSAL_ENDED"
    status = 409
    default_message = "This proposal was decided, or its day is over."


class ProposalStands(DomainError):
    code = "PROPOSAL_OPEN"
    status = 409
    default_message = "The same is proposed already, and waits for another operator."


class ProposalTooLarge(DomainError):
    """`most` bytes."""

    code = "PROPOSAL_TOO_LARGE"
    status = 413
    default_message = "That is too much for one proposal."


class TooManyProposals(DomainError):
    code = "TOO_MANY_PROPOSALS"
    status = 409
    default_message = "Too many proposals wait. Decide some of them first."


class ProposerLeft(DomainError):
    code = "PROPOSER_LEFT"
    status = 409
    default_message = "Who proposed it may not do it himself any more. Decline it."


class SecondOperatorNeeded(DomainError):
    code = "SECOND_OPERATOR_NEEDED"
    status = 409
    default_message = "Another operator with the same permission has to decide this."


class FactsChanged(DomainError):
    code = "FACTS_CHANGED"
    status = 409
    default_message = "What is shown here has changed meanwhile. Read it again, then confirm."
