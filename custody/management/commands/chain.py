"""The development chain by hand: mine, pay, look. Talks to the running one over its JSON-RPC."""

from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from custody.chains.json_rpc import JsonRpc, RpcRefused
from custody.chains.registry import dev_chain
from custody.chains.source import ChainFailure
from custody.dev_chain.encoding import Bitcoins, sats_of
from custody.dev_chain.errors import ChainError

_PATIENCE_S = 60.0


class Command(BaseCommand):
    help = "Mine blocks, send bitcoin and look around on the development chain that `make up` runs."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        mine = deeds.add_parser("mine", help="blocks, at once")
        mine.add_argument("count", type=int, nargs="?", default=1)
        mine.add_argument("--to", help="whose reward it is; the miner's own where it is not said")
        send = deeds.add_parser("send", help="bitcoin of the miner's")
        send.add_argument("address")
        send.add_argument("amount", help="in bitcoin: 0.5")
        deeds.add_parser("new-address", help="an address of the miner's")
        deeds.add_parser("status", help="height, what waits, what the miner has")
        tx = deeds.add_parser("tx", help="whether a transaction is confirmed, and whom it pays")
        tx.add_argument("txid")

    def handle(self, *_: Any, **options: Any) -> None:
        chain = dev_chain(_PATIENCE_S)
        try:
            match options["deed"]:
                case "mine":
                    self._mine(chain, options["count"], options["to"])
                case "send":
                    self._send(chain, options["address"], options["amount"])
                case "new-address":
                    self.stdout.write(chain.call("getnewaddress"))
                case "status":
                    self._status(chain)
                case "tx":
                    self._tx(chain, options["txid"])
        except RpcRefused as refused:
            raise CommandError(refused.message) from None
        except ChainFailure as failure:
            problem = f"The development chain does not answer ({failure}). `make up` runs one."
            raise CommandError(problem) from None
        finally:
            chain.close()

    def _mine(self, chain: JsonRpc, count: int, address: str | None) -> None:
        found = chain.call("generatetoaddress", count, address or chain.call("getnewaddress"))
        self.stdout.write(f"mined {len(found)}, height {chain.call('getblockcount')}")

    def _send(self, chain: JsonRpc, address: str, amount: str) -> None:
        try:
            sats = sats_of(Decimal(amount))
        except (ChainError, InvalidOperation):
            raise CommandError(f"{amount!r} is no amount of bitcoin, which has eight decimals") from None
        self.stdout.write(chain.call("sendtoaddress", address, str(Bitcoins(sats))))

    def _status(self, chain: JsonRpc) -> None:
        self.stdout.write(f"height   {chain.call('getblockcount')}")
        self.stdout.write(f"tip      {chain.call('getbestblockhash')}")
        self.stdout.write(f"waiting  {len(chain.call('getrawmempool'))}")
        self.stdout.write(f"miner    {chain.call('getbalance')} BTC")

    def _tx(self, chain: JsonRpc, txid: str) -> None:
        found = chain.call("getrawtransaction", txid, True)
        confirmations = found.get("confirmations", 0)
        where = f", in block {found['blockhash']}" if confirmations else ", waiting"
        self.stdout.write(f"{confirmations} confirmation{'' if confirmations == 1 else 's'}{where}")
        for output in found["vout"]:
            script = output["scriptPubKey"]
            self.stdout.write(f"{output['value']} BTC to {script.get('address', script['type'])}")
