"""What can go wrong with embedded servers, in words for the person at the screen."""


class ServerError(Exception):
    """A server cannot run; the message says why and what to do."""


class AlreadyRunningError(ServerError):
    """Another process holds the folder."""
