"""One's own vaults and notices over the SDK's socket."""

import asyncio
import secrets

import httpx
from django.db import connection, transaction

from access.notices import Notice as Told
from access.notices import notify
from ballast_sdk import Client, Notice
from ballast_sdk.messages import NoticeMessage, VaultsSnapshot, VaultUpdate
from tests.api.house import House
from tests.api.people import Trader
from tests.api.vault_owners import Owner, begin_vaults, new_owner
from tests.sdk.scripted_socket import scene
from tests.sdk.test_socket import first, speaking_for
from tests.sdk.test_socket_failures import within_time

TOLD = {"channel": "notices", "type": "notice", "kind": "K", "text": "T", "data": {}, "created_at_ms": 1}


def test_every_event_of_ones_vaults_is_heard(house: House) -> None:
    begin_vaults()
    with httpx.Client(base_url=house.url, timeout=20) as http:
        alice = new_owner(http, "alice")

    async def listen() -> None:
        async with speaking_for(house, alice) as socket:
            vaults = await socket.vaults()
            empty = await first(vaults, lambda message: isinstance(message, VaultsSnapshot))
            assert empty.vaults == []
            opened = await asyncio.to_thread(open_vault, house, alice)
            heard = await first(vaults, lambda message: isinstance(message, VaultUpdate))
            assert (heard.vault_id, heard.version, heard.name) == (opened, 1, "OPENED")
            assert heard.vault.status == "PENDING"

    asyncio.run(listen())


def open_vault(house: House, owner: Owner) -> str:
    with Client(house.url, key=owner.key, secret=owner.secret) as client:
        return client.vaults.open(**owner.opening()).vault_id


def test_notices_are_heard_as_they_are_told(house: House, alice: Trader) -> None:
    def tell() -> None:
        with transaction.atomic():
            notify([Told(alice.user_id, "VAULT_WARNING", secrets.token_hex(8), "Look at it.", {"n": 1})])
        connection.close()

    async def listen() -> None:
        async with speaking_for(house, alice) as socket:
            notices = await socket.notices()
            await asyncio.to_thread(tell)
            heard = await first(notices, lambda message: isinstance(message, NoticeMessage))
            assert (heard.kind, heard.text, heard.data) == ("VAULT_WARNING", "Look at it.", {"n": 1})

    asyncio.run(listen())


def test_who_reads_notices_late_is_sent_to_the_list_and_goes_on() -> None:
    async def work() -> None:
        async with scene(most_waiting=2) as (house, socket):
            notices = await socket.notices()
            for number in range(3):
                await house.tell(**TOLD, notice_id=str(number))
            await socket.ping()
            assert await anext(notices) == Notice(kind="resync")
            await house.tell(channel="notices", type="reload")
            await house.tell(**TOLD, notice_id="3")
            assert await anext(notices) == Notice(kind="reload")
            heard = await anext(notices)
            assert isinstance(heard, NoticeMessage)
            assert heard.notice_id == "3"

    within_time(work)


def test_what_the_house_hears_of_its_markets_is_no_matter_of_vaults() -> None:
    async def work() -> None:
        async with scene() as (house, socket):
            vaults = await socket.vaults()
            await house.tell(type="market_data", state="stale")
            await house.tell(channel="vaults", type="snapshot", vaults=[])
            assert await anext(vaults) == VaultsSnapshot(vaults=[])

    within_time(work)
