"""People with bitcoin in the funding wallet, a second factor and an address that have been there for long."""

import httpx
from django.contrib.auth.models import User

from tests.api.bitcoin import Saver, new_saver
from tests.api.people import succeeded
from tests.browser.people import Person


def saver_with(client: httpx.Client, name: str, btc: str) -> tuple[Person, Saver]:
    saver = new_saver(client, name)
    succeeded(saver.ask_faucet(asset="BTC", amount=btc))
    return Person(User.objects.get(pk=saver.user_id), saver), saver
