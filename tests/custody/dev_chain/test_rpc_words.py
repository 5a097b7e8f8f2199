"""The JSON-RPC over HTTP: Core's codes and words, exact amounts, and bounds."""

import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any, NamedTuple

import pytest

from custody.bitcoin.transactions import serialize
from custody.bitcoin.types import OutPoint
from custody.chains.json_rpc import JsonRpc, Login, RpcRefused
from custody.dev_chain.coins import Coin
from custody.dev_chain.encoding import Bitcoins, decode, encode, sats_of
from custody.dev_chain.errors import ChainError
from custody.dev_chain.node import DevNode
from custody.dev_chain.server import RpcServer
from tests.custody.dev_chain.paying import coin, payment


class Spoken(NamedTuple):
    node: DevNode
    port: int
    rpc: JsonRpc

    def call(self, method: str, *params: Any) -> Any:
        return self.rpc.call(method, *params)

    def post(self, body: bytes, **headers: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", "/", body, headers or Login("alice", "secret").headers())
        answer = connection.getresponse()
        read = answer.status, answer.read()
        connection.close()
        return read


@pytest.fixture
def spoken(node: DevNode) -> Iterator[Spoken]:
    with RpcServer(("127.0.0.1", 0), node, "alice", "secret") as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        rpc = JsonRpc(f"http://127.0.0.1:{server.port}", "/", Login("alice", "secret"), 10.0)
        yield Spoken(node, server.port, rpc)
        rpc.close()
        server.shutdown()
        thread.join()


def test_it_says_where_it_stands(spoken: Spoken) -> None:
    info = spoken.call("getblockchaininfo")
    assert (info["chain"], info["blocks"], info["headers"]) == ("regtest", 120, 120)
    assert info["bestblockhash"] == spoken.call("getblockhash", 120) == spoken.call("getbestblockhash")
    genesis = spoken.call("getblockhash", 0)
    assert genesis == "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"


@pytest.mark.parametrize(
    ("method", "params", "code", "words"),
    [
        ("getblockhash", (999,), -8, "Block height out of range"),
        ("getblockhash", ("1",), -3, "not of expected type number"),
        ("getblockhash", (True,), -3, "not of expected type number"),
        ("getblockhash", (), -1, "getblockhash"),
        ("getblockhash", (1, 2), -1, "at most"),
        ("getblock", ("00" * 32,), -5, "Block not found"),
        ("getblock", ("00",), -8, "must be of length 64"),
        ("getblock", ("zz" * 32,), -8, "must be hexadecimal"),
        ("getrawtransaction", ("00" * 32,), -5, "No such mempool or blockchain transaction"),
        ("getmempoolentry", ("00" * 32,), -5, "Transaction not in mempool"),
        ("sendrawtransaction", ("00",), -22, "TX decode failed"),
        ("sendrawtransaction", ("xyz",), -22, "TX decode failed"),
        ("submitblock", ("00",), -22, "Block decode failed"),
        ("sendtoaddress", ("nobody", 1), -5, "Invalid address"),
        ("sendtoaddress", ("nobody", "1.000000001"), -3, "Invalid amount"),
        ("sendtoaddress", ("nobody", 22_000_000), -3, "Amount out of range"),
        ("generatetoaddress", (1001, "x"), -5, "Invalid address"),
        ("invalidateblock", ("11" * 32,), -5, "Block not found"),
        ("estimatesmartfee", (0,), -8, "Invalid conf_target"),
    ],
)
def test_it_refuses_in_cores_words(
    spoken: Spoken, method: str, params: tuple[Any, ...], code: int, words: str
) -> None:
    with pytest.raises(RpcRefused) as refused:
        spoken.call(method, *params)
    assert refused.value.code == code
    assert words in refused.value.message


def test_refusals_of_transactions_have_cores_codes(spoken: Spoken) -> None:
    spend = payment(spoken.node, coin(spoken.node))
    raw = serialize(spend).hex()
    unripe = serialize(payment(spoken.node, coin(spoken.node, 50))).hex()
    with pytest.raises(RpcRefused, match="-26: bad-txns-premature-spend-of-coinbase"):
        spoken.call("sendrawtransaction", unripe)
    txid = spoken.call("sendrawtransaction", raw)
    assert spoken.call("sendrawtransaction", raw) == txid
    spoken.call("generatetoaddress", 1, spoken.call("getnewaddress"))
    with pytest.raises(RpcRefused, match="-27: Transaction outputs already in utxo set"):
        spoken.call("sendrawtransaction", raw)
    rival = serialize(payment(spoken.node, coin_of(spend_of=raw, spoken=spoken))).hex()
    with pytest.raises(RpcRefused, match="-25: bad-txns-inputs-missingorspent"):
        spoken.call("sendrawtransaction", rival)


def coin_of(*, spend_of: str, spoken: Spoken) -> Coin:
    """The coin that a transaction of the miner's has spent."""
    told = spoken.call("decoderawtransaction", spend_of)["vin"][0]
    return spoken.node.made_coin(OutPoint(told["txid"], told["vout"]))


def test_what_would_be_is_told_without_being_done(spoken: Spoken) -> None:
    node = spoken.node
    good = serialize(payment(node, coin(node))).hex()
    dear = serialize(payment(node, coin(node), fee=100_000_000)).hex()
    unripe = serialize(payment(node, coin(node, 50))).hex()
    told = spoken.call("testmempoolaccept", [good, dear, unripe])
    assert [one["allowed"] for one in told] == [True, False, False]
    assert told[0]["fees"]["base"] == Decimal("0.00001000")
    assert [one["reject-reason"] for one in told[1:]] == [
        "max-fee-exceeded",
        "bad-txns-premature-spend-of-coinbase",
    ]
    assert spoken.call("getrawmempool") == []


def test_a_transaction_is_told_before_and_after_its_block(spoken: Spoken) -> None:
    address = spoken.call("getnewaddress")
    txid = spoken.call("sendtoaddress", address, "1.23456789")
    entry = spoken.call("getmempoolentry", txid)
    assert entry["bip125-replaceable"] is True
    paid_for = int(entry["fees"]["base"].scaleb(8)) / 2  # virtual bytes, before it was signed: at most
    assert 0 <= paid_for - entry["vsize"] <= 2, "a signature is at times some bytes shorter than the longest"
    waiting = spoken.call("getrawtransaction", txid, True)
    assert "blockhash" not in waiting
    paid = {one["scriptPubKey"]["address"]: one["value"] for one in waiting["vout"]}
    assert paid[address] == Decimal("1.23456789")
    (block,) = spoken.call("generatetoaddress", 1, address)
    assert spoken.call("getrawtransaction", txid, 1)["blockhash"] == block
    assert txid in spoken.call("getblock", block)["tx"]
    assert spoken.call("getblock", block, 2)["tx"][1]["hex"] == spoken.call("getrawtransaction", txid)
    assert bytes.fromhex(spoken.call("getblock", block, 0))[:80].hex() == spoken.call(
        "getblockheader", block, False
    )
    vout = next(one["n"] for one in waiting["vout"] if one["value"] == Decimal("1.23456789"))
    assert spoken.call("gettxout", txid, vout)["confirmations"] == 1
    assert spoken.call("gettxout", txid, 99) is None


def test_the_pool_hides_what_it_spends_unless_it_is_not_asked(spoken: Spoken) -> None:
    spent = coin(spoken.node)
    spoken.node.accept(serialize(payment(spoken.node, spent)))
    assert spoken.call("gettxout", *spent.outpoint) is None
    assert spoken.call("gettxout", *spent.outpoint, False)["value"] == Decimal(50)


def test_tests_say_what_fees_are_and_how_many_peers(spoken: Spoken) -> None:
    assert "feerate" not in spoken.call("estimatesmartfee", 6)
    spoken.call("setmockfee", "0.00012345")
    assert spoken.call("estimatesmartfee", 6)["feerate"] == Decimal("0.00012345")
    spoken.call("setmockfee", None)
    assert "errors" in spoken.call("estimatesmartfee", 6)
    assert spoken.call("getnetworkinfo")["connections"] == 1
    spoken.call("setmockpeers", 0)
    assert spoken.call("getnetworkinfo")["connections"] == 0


def test_branches_are_made_block_by_block(spoken: Spoken) -> None:
    address = spoken.call("getnewaddress")
    fork = spoken.call("getbestblockhash")
    spoken.call("generatetoaddress", 1, address)
    first = spoken.call("generateblock", address, [], True, fork)["hash"]
    second = spoken.call("generateblock", "raw(51)", [], True, first)["hash"]
    assert spoken.call("getbestblockhash") == second
    spoken.call("invalidateblock", first)
    assert spoken.call("getblockheader", first)["confirmations"] == -1
    spoken.call("reconsiderblock", first)
    assert spoken.call("getbestblockhash") == second
    kept = spoken.call("generateblock", address, [], False)
    assert spoken.call("submitblock", kept["hex"]) is None
    assert spoken.call("submitblock", kept["hex"]) == "duplicate"
    assert spoken.call("getbestblockhash") == kept["hash"]


def test_arguments_may_have_names(spoken: Spoken) -> None:
    body = {"method": "getblockhash", "params": {"height": 0}, "id": "x"}
    status, answer = spoken.post(json.dumps(body).encode())
    assert (status, json.loads(answer)["id"]) == (200, "x")
    body = {"method": "getblockhash", "params": {"hoehe": 0}}
    status, answer = spoken.post(json.dumps(body).encode())
    assert (status, json.loads(answer)["error"]["code"]) == (500, -8)


def test_batches_are_answered_one_by_one(spoken: Spoken) -> None:
    answers = spoken.rpc.batch([("getblockcount", ()), ("getblockhash", (999,)), ("getblockhash", (0,))])
    assert answers[0] == 120
    assert isinstance(answers[1], RpcRefused)
    assert isinstance(answers[2], str)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 500, -32700),
        (b"[" * 20_000, 500, -32700),
        (b'{"method": "getblockcount", "params": [NaN]}', 500, -32700),
        (b"[]", 400, -32600),
        (b"7", 400, -32600),
        (b'{"method": 7}', 400, -32600),
        (b'{"method": "getblockcount", "params": 7}', 400, -32600),
        (b'{"method": "nothing"}', 404, -32601),
        (b'{"method": "stop"}', 404, -32601),
        (b'{"method": "__class__"}', 404, -32601),
    ],
)
def test_what_is_no_call_is_refused(spoken: Spoken, body: bytes, status: int, code: int) -> None:
    found, answer = spoken.post(body)
    assert (found, json.loads(answer)["error"]["code"]) == (status, code)


def test_the_new_words_keep_errors_out_of_the_status(spoken: Spoken) -> None:
    status, answer = spoken.post(b'{"jsonrpc": "2.0", "method": "nothing", "id": 3}')
    told = json.loads(answer)
    assert (status, told["jsonrpc"], told["id"]) == (200, "2.0", 3)
    assert "result" not in told


@pytest.mark.parametrize("login", ["", "Basic eA==", "Basic ???", "Bearer alice:secret"])
def test_without_the_secret_nothing_is_answered(spoken: Spoken, login: str) -> None:
    assert spoken.post(b'{"method": "getblockcount"}', Authorization=login) == (401, b"")


def test_a_body_without_end_is_not_read(spoken: Spoken) -> None:
    login = Login("alice", "secret").headers()
    assert spoken.post(b"", **login, **{"Content-Length": "999999999999"})[0] == 413


def test_many_ask_at_once(spoken: Spoken) -> None:
    address = spoken.call("getnewaddress")
    found: list[str] = []

    def pay() -> None:
        found.append(spoken.call("sendtoaddress", address, "0.001"))

    threads = [threading.Thread(target=pay) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(set(found)) == 20
    assert set(spoken.call("getrawmempool")) == set(found)


def test_amounts_are_written_to_the_last_satoshi() -> None:
    assert encode([Bitcoins(1), Bitcoins(-1), Bitcoins(2_099_999_999_999_999)]) == (
        "[0.00000001,-0.00000001,20999999.99999999]"
    )
    assert sats_of(decode(b"20999999.99999999")) == 2_099_999_999_999_999
    assert sats_of("0.1") == sats_of(Decimal("0.10")) == 10_000_000


@pytest.mark.parametrize(
    "value", ["", "x", "-1", "1e99999", "NaN", "0.000000001", None, True, [], 21_000_001]
)
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(ChainError):
        sats_of(value)
