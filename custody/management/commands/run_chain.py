"""Serves the development chain until told to stop: one process, in the state folder, in the words of Core."""

import logging
import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from custody.dev_chain.calls_transactions import FEE_RATE
from custody.dev_chain.errors import FolderInUse
from custody.dev_chain.node import DevNode
from custody.dev_chain.rhythm import Rhythm
from custody.dev_chain.server import RpcServer
from health import heartbeat

logger = logging.getLogger(__name__)

SILENT_S = 30.0  # then the heartbeat says that the node is stuck
_TICK_S = 1.0
_FEE_RATE = 2_000  # satoshis for 1,000 vbytes: there is no market to estimate from


class Command(BaseCommand):
    help = "Run a bitcoin chain for development: regtest, on demand or in a rhythm, kept in the state folder."

    def handle(self, *_: Any, **options: Any) -> None:
        stopping = threading.Event()

        def ask_to_stop(number: int, frame: FrameType | None) -> None:
            stopping.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask_to_stop)
        if not settings.DEV_CHAIN_PASSWORD:
            raise CommandError("BALLAST_DEV_CHAIN_PASSWORD is not set; any long secret will do")
        heartbeat.start("chain", silent_after_s=SILENT_S)
        try:
            with DevNode(settings.DEV_CHAIN_FOLDER) as node:
                serve(node, stopping)
        except FolderInUse as error:
            raise CommandError(str(error)) from None
        finally:
            heartbeat.stop()


def serve(node: DevNode, stopping: threading.Event) -> None:
    if not node.setting(FEE_RATE):
        node.set(FEE_RATE, str(_FEE_RATE))
    address = address_of(settings.DEV_CHAIN_BIND)
    with RpcServer(address, node, settings.DEV_CHAIN_USER, settings.DEV_CHAIN_PASSWORD) as server:
        threading.Thread(target=server.serve_forever, name="rpc", daemon=True).start()
        logger.info("height %d, listening on %s:%d", node.height, address[0], server.port)
        rhythm = Rhythm(node, settings.DEV_CHAIN_BLOCK_SECONDS)
        while not stopping.wait(_TICK_S):
            rhythm.turn()
            _ = node.height  # waits for whoever holds the node
            heartbeat.worked()
        server.shutdown()


def address_of(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise CommandError(f"BALLAST_DEV_CHAIN_BIND is {text!r}; it is written as 127.0.0.1:18443")
    return host, int(port)
