"""A drill needs no key of the house but the backup's: what its commands ask for is given to them."""

from django.conf import settings
from pytest_django import Settings

from config.backups.drill import keys_of_commands


def test_where_the_house_has_no_key_one_is_made_for_now(settings: Settings) -> None:
    settings.SECRET_KEY = settings.ENCRYPTION_KEY = settings.UNSAFE_SECRET_KEY
    first, second = keys_of_commands(), keys_of_commands()
    assert len(first["SECRET_KEY"]) >= 32
    assert first["SECRET_KEY"] != second["SECRET_KEY"]


def test_the_keys_of_a_running_house_go_along() -> None:
    assert keys_of_commands()["BALLAST_ENCRYPTION_KEY"] == settings.ENCRYPTION_KEY
