"""What sources show, asked for by their names as the settings have them."""

from typing import Any

from django.contrib.auth.models import User
from django.utils.module_loading import import_string

from access.cockpit import Work, WorkItem
from config import cockpit_sources
from vaults.admin import cockpit_figures, units

NOBODY = 0


def every(names: list[str]) -> list[Any]:
    return [source for name in names for source in import_string(name)]


def work(name: str, operator_id: int = NOBODY) -> Work:
    (source,) = [one for one in every(cockpit_sources.WORK) if one.name == name]
    found: Work = source.look(operator_id)
    return found


def only(name: str, operator_id: int = NOBODY) -> WorkItem:
    found = work(name, operator_id)
    (item,) = found.items
    assert found.total == 1
    return item


def deeds(item: WorkItem) -> list[str]:
    return [title for title, _ in item.deeds]


def superuser(name: str = "rita") -> User:
    return User.objects.create(username=name, is_staff=True, is_superuser=True)


def forget_figures() -> None:
    """What is kept for some seconds belongs to the test before."""
    cockpit_figures.kept.forget()
    units._known.read_at = float("-inf")
