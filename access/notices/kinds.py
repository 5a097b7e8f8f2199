"""The kinds of notices: each app says which it tells of, in a tuple that the setting NOTICE_KINDS names."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

WEBHOOK_DISABLED, WEBHOOK_TEST = "WEBHOOK_DISABLED", "WEBHOOK_TEST"


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """`title` is the subject of its mail, `about` what it is for, in one sentence."""

    name: str
    title: str
    about: str


KINDS = (
    NoticeKind(
        "SECURITY_CHANGED",
        "Your account's security changed",
        "A password, mail address or the like was changed.",
    ),
    NoticeKind("NEW_LOGIN", "A login from a new place", "Somebody logged in from where nobody had before."),
    NoticeKind(WEBHOOK_DISABLED, "A webhook was switched off", "A webhook of yours has failed for too long."),
    NoticeKind(WEBHOOK_TEST, "A test", "What you send to a webhook of yours to try it."),
)


@cache
def all_kinds() -> Mapping[str, NoticeKind]:
    found = [kind for path in settings.NOTICE_KINDS for kind in import_string(path)]
    return {kind.name: kind for kind in found}


def title_of(kind: str) -> str:
    """Of one that nobody has named its own name, in words."""
    found = all_kinds().get(kind)
    return found.title if found else kind.replace("_", " ").capitalize()
