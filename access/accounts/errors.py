"""Refusals about accounts. None of them says whether a mail address is known here."""

from access.errors import DomainError, Malformed


class InvalidUsername(Malformed):
    code = "INVALID_USERNAME"
    default_message = (
        "A name has 3 to 30 letters, digits, dots, hyphens or underscores, and begins with a letter."
    )


class UsernameTaken(DomainError):
    code = "USERNAME_TAKEN"
    status = 409
    default_message = "This name is taken."


class InvalidEmail(Malformed):
    code = "INVALID_EMAIL"
    default_message = "This is no mail address."


class WeakPassword(DomainError):
    code = "WEAK_PASSWORD"
    default_message = "This password is too easy to guess."


class WrongLogin(DomainError):
    """An unknown name, a wrong password and a disabled account are not told apart."""

    code = "WRONG_LOGIN"
    status = 401
    default_message = "Name and password do not belong together."


class WrongPassword(DomainError):
    code = "WRONG_PASSWORD"
    status = 403
    default_message = "This is not your password."


class LoginExpired(DomainError):
    code = "LOGIN_EXPIRED"
    status = 401
    default_message = "That took too long. Log in again."


class LinkInvalid(DomainError):
    code = "TOKEN_INVALID"
    status = 400
    default_message = "This link was used, is too old, or is not whole. Ask for a new one."


class AlreadySo(DomainError):
    code = "ALREADY_SO"
    status = 409
    default_message = "It is so already."


class NotYours(DomainError):
    code = "NOT_YOURS"
    status = 403
    default_message = "This is another operator's to decide."
