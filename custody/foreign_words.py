"""What other programs say of themselves, before it is kept, logged or shown."""


def printable(text: str, limit: int) -> str:
    """At most so much of it on one line: a database takes no NUL, a log no line of somebody else's."""
    return "".join(one if one.isprintable() else " " for one in text[:limit])
