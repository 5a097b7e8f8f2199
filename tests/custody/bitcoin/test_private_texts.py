"""Whoever sends a private key is told so, and nothing of it stays anywhere."""

import logging
import pickle
import traceback

import pytest
from bitcoinlib.keys import HDKey

from custody.bitcoin.descriptors import read_descriptor
from custody.bitcoin.errors import PrivateKey
from custody.bitcoin.keys import key_text, read_account_key, read_key
from custody.bitcoin.private_texts import looks_private
from custody.bitcoin.types import FixedKey, Network, Place, Role
from tests.custody.support.wallets import account, seed_of

_ROOT = HDKey.from_seed(seed_of("alice"), network="testnet")
_ROOT_OF_MAIN = HDKey.from_seed(seed_of("alice"), network="bitcoin").wif_private(witness_type="legacy")
XPRV = _ROOT.subkey_for_path("m/48'/1'/0'/2'").wif_private(witness_type="legacy")
ORIGIN = f"[{account('alice', Role.USER).key.fingerprint}/48h/1h/0h/2h]"
WORDS = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
WIF = "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn"
PRIVATE = {
    "an account": ORIGIN + XPRV,
    "an account without origin": XPRV,
    "an account in a sentence": f"my key is {XPRV} thanks",
    "a master of the main network": _ROOT_OF_MAIN,
    "one that some wallets write": "z" + _ROOT_OF_MAIN[1:],
    "one of a descriptor": f"wsh(sortedmulti(2,{ORIGIN}{XPRV}/<0;1>/*))",
    "a broken one": ORIGIN + XPRV[:-3],
    "a paper wallet": WIF,
    "a paper wallet of a test network": "cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA",
    "an uncompressed paper wallet": "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
    "an encrypted paper wallet": "6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg",
    "hex": "11" * 32,
    "hex of a program": "0x" + "Ab" * 32,
    "words": WORDS,
    "words with commas": WORDS.replace(" ", ", "),
    "words on lines": WORDS.replace(" ", "\n").upper(),
    "words of another language": "ábaco " * 11 + "ábaco",
}


@pytest.mark.parametrize("text", PRIVATE.values(), ids=PRIVATE.keys())
def test_it_is_refused_and_nothing_of_it_is_kept(text: str, caplog: pytest.LogCaptureFixture) -> None:
    for reading in (
        lambda: read_account_key(text, Network.REGTEST),
        lambda: read_key(text, Network.MAIN),
        lambda: read_descriptor(text, Network.REGTEST),
    ):
        with caplog.at_level(logging.DEBUG), pytest.raises(PrivateKey) as refusal:
            reading()
        assert not _leaks(refusal.value, text)
    assert caplog.records == []


def _leaks(error: BaseException, text: str) -> bool:
    secret = max(text.split(), key=len)[-20:]
    told = repr(error) + repr(vars(error)) + "".join(traceback.format_exception(error)) + repr(error.args)
    chained = error.__cause__ is not None or error.__context__ is not None
    return secret in told.replace("test_private_texts", "") or chained


@pytest.mark.parametrize(
    "text",
    [
        key_text(account("alice", Role.USER).key),
        key_text(FixedKey(account("bob", Role.USER).public_key_at(Place(0, 0)))),
        "bcrt1qv2qlf7fn2fjen9d2xe0jdu73ah6g50e40z0drscllfq3md36x9pq8yylh7",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "a few words about a key",
        "",
    ],
)
def test_public_texts_are_not_taken_for_private(text: str) -> None:
    assert not looks_private(text)


def test_many_public_keys_are_not_taken_for_private() -> None:
    texts = [key_text(account(f"person {number}", Role.USER).key) for number in range(300)]
    assert not any(map(looks_private, texts))


def test_an_accounts_secret_is_neither_shown_nor_pickled() -> None:
    secret = account("alice", Role.USER)
    assert secret.secret_at(Place(0, 0)).hex() not in repr(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
