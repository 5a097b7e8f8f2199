"""Refusals of what operators want of the oracle."""

from access.errors import DomainError


class AlreadyHalted(DomainError):
    code = "ORACLE_ALREADY_HALTED"
    status = 409
    default_message = "The oracle is halted; there is nothing more to halt."


class IncidentEnded(DomainError):
    code = "INCIDENT_ENDED"
    status = 409
    default_message = "It has ended already."


class WrongIncident(DomainError):
    code = "WRONG_INCIDENT"
    default_message = "A halt is resumed, a pause is ended: this is the other one."


class SecondOperatorNeeded(DomainError):
    code = "SECOND_OPERATOR_NEEDED"
    status = 409
    default_message = "You have approved it. Another operator must approve it too."


class InvalidSource(DomainError):
    code = "INVALID_SOURCE"
    default_message = "A source cannot be taken on these terms."


class InvalidPolicy(DomainError):
    """`least` and `most` say what the figure may be."""

    code = "INVALID_POLICY"
    default_message = "This figure is out of range, or does not go with another one."


class OperatorReasonRequired(DomainError):
    code = "REASON_REQUIRED"
    default_message = "Say why, in 1 to 300 characters."
