"""What people do in the demo house that takes secrets: each gives what it leaves behind, or nothing."""

import base64
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from websockets.sync.client import connect

from custody.bitcoin.keys import read_account_key
from custody.bitcoin.proofs import prove
from custody.bitcoin.types import Network
from tests.logs.demo_house import SECONDS, DemoHouse, Signer, Visitor
from tests.support.waiting import wait_for
from tests.vaults.collateral.wallet import wallet_of

HOOK = "http://127.0.0.1:9/hook"
ORDER = {"market": "BTC-USDB", "side": "BUY", "type": "LIMIT", "price": "1000.00", "quantity": "0.01"}


def visitor(house: DemoHouse) -> Visitor:
    return Visitor(house, httpx.Client(base_url=house.url, timeout=30, follow_redirects=True))


def sign_up(house: DemoHouse, name: str) -> Visitor:
    """With a password, and a mail address that the mail's link confirms."""
    person = visitor(house)
    password = house.known.note("password", secrets.token_urlsafe(12))
    person.submit("/signup", username=name, email=f"{name}@example.com", password=password)
    link = house.mail("account/email/")
    house.known.note("token of a mail", link.rpartition("/")[2])
    person.submit(link)
    return person


def take_second_factor(person: Visitor) -> str:
    """Its secret."""
    note = person.house.known.note
    begun = person.call("POST", "/api/v1/second-factor")
    secret = note("second factor", begun["secret"])
    code = person.house.code(secret)
    for recovery in person.call("POST", "/api/v1/second-factor/confirm", code=code)["recovery_codes"]:
        note("recovery code", recovery)
    return secret


def set_another_password(house: DemoHouse, name: str) -> str:
    """By the link of a mail; wrong ones are tried, too."""
    stranger = visitor(house)
    wrong = house.known.note("wrong password", secrets.token_urlsafe(12))
    stranger.submit("/login", username=name, password=wrong, is_refused=True)
    stranger.submit("/password/forgot", email=f"{name}@example.com")
    link = house.mail("password/reset/")
    house.known.note("token of a reset", link.rpartition("/")[2])
    password = house.known.note("password", secrets.token_urlsafe(12))
    stranger.submit(link, password=password, password_again=password)
    house.known.note("token of nobody", made_up := secrets.token_urlsafe(20))
    stranger.client.get(f"/password/reset/MQ/{made_up}")
    return password


def log_in_again(house: DemoHouse, name: str, password: str, factor: str) -> Visitor:
    person = visitor(house)
    person.submit("/login", username=name, password=password)
    person.submit("/login/code", code=house.code(factor, later=1))  # that of now is spent
    return person


def make_keys(person: Visitor) -> list[Signer]:
    """One of each kind."""
    house, client = person.house, httpx.Client(base_url=person.house.url, timeout=30)
    told = person.call("POST", "/api/v1/api-keys", kind="HMAC", scopes=["read", "trade"])
    private = Ed25519PrivateKey.generate()
    house.known.note("private key", private.private_bytes_raw().hex())
    house.known.note("private key", base64.b64encode(private.private_bytes_raw()).decode())
    public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    other = person.call(
        "POST", "/api/v1/api-keys", kind="ED25519", public_key=public, scopes=["read", "trade"]
    )
    return [
        Signer(house, client, told["key"], house.known.note("secret of a key", told["secret"])),
        Signer(house, client, other["key"], private),
    ]


def make_webhook(person: Visitor) -> None:
    told = person.call("POST", "/api/v1/webhooks", url=HOOK, label="x")
    person.house.known.note("secret of a webhook", told["secret"])


def trade_by_signature_and_ticket(signer: Signer) -> str:
    """An order over HTTP, one on the socket. The number of a request that was refused."""
    refused = signer.send("POST", "/api/v1/orders", ORDER)
    assert refused.json()["error"]["code"] == "INSUFFICIENT_FUNDS", refused.text
    with speaking(signer) as (ask, _):
        assert ask("order.place", **ORDER)["ok"] is False
    return str(refused.headers["x-request-id"])


@contextmanager
def speaking(signer: Signer) -> Iterator[tuple[Callable[..., Any], int]]:
    """On the socket, by a ticket: what asks there, and for which user."""
    ticket = signer.house.known.note("ticket", signer.ask("POST", "/api/v1/ws-ticket")["ticket"])
    with connect(f"{signer.house.url.replace('http', 'ws')}/ws/v1/") as socket:

        def ask(deed: str, **values: object) -> Any:
            socket.send(json.dumps({"id": deed, "op": deed, **values}))
            while (told := json.loads(socket.recv(30))).get("id") != deed:
                pass
            return told

        yield ask, int(ask("auth", ticket=ticket)["result"]["user_id"])


def withdraw(house: DemoHouse) -> str:
    """Alice of the demo, with a code; the hot signer signs. The id of the withdrawal."""
    key, client = house.key, httpx.Client(base_url=house.url, timeout=30)
    signer = Signer(house, client, key.withdraw_key, key.withdraw_secret)
    (address, *_) = signer.ask("GET", "/api/v1/withdrawal-addresses")["addresses"]
    code = house.code(key.totp_secret)
    body = {"asset": "BTC", "amount": "0.01", "address_id": address["address_id"], "code": code}
    asked = signer.ask("POST", "/api/v1/withdrawals", body)["withdrawal"]
    path = f"/api/v1/withdrawals/{asked['withdrawal_id']}"
    wait_for("a signature", lambda: signer.ask("GET", path)["withdrawal"]["txid"], SECONDS)
    return str(asked["withdrawal_id"])


def take_collateral(house: DemoHouse) -> None:
    """A vault of Alice's: opened with a proof, paid into, and out of with a PSBT that she signs first."""
    key, client = house.key, httpx.Client(base_url=house.url, timeout=30)
    trading = Signer(house, client, key.key, key.secret)
    withdrawing = Signer(house, client, key.withdraw_key, key.withdraw_secret)
    wallet = wallet_of(secrets.token_hex(8))
    house.known.note("private key of an owner", wallet.root.to_base58())
    vault = trading.ask("POST", "/api/v1/vaults", opening(house, wallet, trading))["vault"]
    house.rpc("sendtoaddress", vault["address"], "0.2")
    path = f"/api/v1/vaults/{vault['vault_id']}"

    def has_money() -> bool:
        return float(trading.ask("GET", path)["vault"]["collateral"]) > 0

    wait_for("collateral", has_money, SECONDS)
    wanted = {"amount": "0.05", "address": house.rpc("getnewaddress")}
    planned = withdrawing.ask("POST", f"{path}/withdraw", wanted)["withdrawal"]
    signed = {"psbt": wallet.signed(planned["psbt"])}
    withdrawing.ask("POST", f"{path}/withdrawals/{planned['withdrawal_id']}/sign", signed)
    way = f"{path}/withdrawals"
    wait_for(
        "the house to sign", lambda: withdrawing.ask("GET", way)["withdrawals"][0]["status"] != "PLANNED", 60
    )


def opening(house: DemoHouse, wallet: Any, trading: Signer) -> dict[str, object]:
    account, time_s = read_account_key(wallet.account_key, Network.REGTEST), int(time.time())
    with speaking(trading) as (_, user_id):
        pass
    private = wallet.secret_at(0, 0)
    house.known.note("private key of a proof", private.hex())
    proof = prove(private, Network.REGTEST, user_id, account, time_s)
    return {"key": wallet.account_key, "proof": proof, "time": time_s, "label": "savings"}
