"""Words become the same keys, proofs and signatures in the browser as in Python."""

from typing import Any

import pytest
from playwright.sync_api import Page

from custody.bitcoin.keys import key_text
from custody.bitcoin.proofs import PROOF_PLACE, proof_text, prove
from custody.bitcoin.psbts import signatures_of_wallet
from custody.bitcoin.types import Network
from custody.owner_wallet.spends import read_spend, signed
from tests.browser.keys.scene import PASSPHRASE, SLOW_MS, VAULT, WORDS, asked, planned, python_wallet
from tests.browser.market.modules import ask
from tests.custody.support.wallets import BTC

pytestmark = pytest.mark.long
ACCOUNT, TIME_S = 17, 1_795_305_600


def of_words(page: Page, network: Network, extension: str = "") -> Any:
    body = """async (words, {text, network, extension, account, timeS}) => {
      const keys = await import(words.base + "vault_key.js");
      const {masterOf, keyText, proofText, proofFor, childAt, vaultPath} = keys;
      const seed = await words.seedOf(words.entropyOf(words.readWords(text).words), extension);
      const master = masterOf(seed, network);
      const key = keyText(master, network);
      const message = proofText({network, account, key, timeS});
      return {key, message, proof: proofFor(childAt(master, vaultPath(network)), message)};
    }"""
    given = {
        "text": WORDS,
        "network": network.value,
        "extension": extension,
        "account": ACCOUNT,
        "timeS": TIME_S,
    }
    return ask(page, "keys/words.js", with_base(body), given)


def with_base(body: str) -> str:
    """Lets `body` import the neighbours of its module."""
    return f"""async (module, given) => {{
      const frame = document.querySelector('script[src*="js/frame.js"]').src;
      const base = frame.replace(/js\\/frame\\.js.*$/, "js/keys/");
      return ({body})({{...module, base}}, given);
    }}"""


@pytest.mark.parametrize("network", list(Network))
@pytest.mark.parametrize("extension", ["", "TREZOR"])
def test_words_give_the_key_and_the_proof_that_python_gives(
    modules: Page, network: Network, extension: str
) -> None:
    secret = python_wallet(network, extension)
    made = of_words(modules, network, extension)
    assert made == {
        "key": key_text(secret.key),
        "message": proof_text(network, ACCOUNT, secret.key, TIME_S),
        "proof": prove(secret.secret_at(PROOF_PLACE), network, ACCOUNT, secret.key, TIME_S),
    }


def test_a_psbt_is_signed_as_python_signs_it_and_the_house_takes_it(modules: Page) -> None:
    plans = [planned(BTC // 4 + number, coins=1 + number % 3) for number in range(9)]
    body = """async ({sign, signedProblems, base}, {words, passphrase, all}) => {
      const {keepWallet, forgetWallet} = await import(base + "wallet.js");
      await keepWallet({words: words.split(" "), passphrase, origin: "imported"});
      const texts = [];
      for (const {psbt, export: kept, withdrawal} of all) {
        const text = await sign(psbt, kept, withdrawal);
        texts.push([text, await signedProblems(psbt, text, kept, withdrawal)]);
      }
      await forgetWallet();
      return texts;
    }"""
    given = {"words": WORDS, "passphrase": PASSPHRASE, "all": [asked(plan).given() for plan in plans]}
    modules.set_default_timeout(SLOW_MS)
    done = ask(modules, "keys/signing.js", with_base(body), given)
    secret = python_wallet()
    for plan, (text, problems) in zip(plans, done, strict=True):
        spend = read_spend(asked(plan).psbt, secret.key, Network.REGTEST)
        expected = signatures_of_wallet(plan, signed(spend, secret))
        assert (signatures_of_wallet(plan, text), problems) == (expected, [])
        assert list(expected) == [VAULT.keys[0]]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("abandon " * 11 + "above", "do not add up"),
        ("abandon " * 11, "There are 11 words"),
        ("abandon abandn " + "abandon " * 10, 'Word 2, "abandn", is not one of'),
        ("xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKm", "what stands there"),
        ("abandon " * 200, "longer than 24 words"),
    ],
)
def test_what_is_wrong_with_typed_words_is_said(modules: Page, typed: str, said: str) -> None:
    read = ask(modules, "keys/words.js", "({readWords}, text) => readWords(text)", typed)
    assert said in read["problem"]
    assert "xprv" not in read["problem"]


def test_words_are_read_however_they_were_written_down(modules: Page) -> None:
    numbered = "\n".join(f"{at}. {word.upper()}" for at, word in enumerate(WORDS.split(), 1))
    read = ask(modules, "keys/words.js", "({readWords}, text) => readWords(text)", numbered)
    assert read == {"words": WORDS.split(), "problem": ""}


@pytest.mark.parametrize("count", [12, 24])
def test_new_words_are_many_right_and_never_the_same(modules: Page, count: int) -> None:
    body = """({newWords, readWords, placesToAsk}, count) => Array.from({length: 20}, () => {
      const words = newWords(count);
      return [words.join(" "), readWords(words.join(" ")).problem, placesToAsk(count)];
    })"""
    drawn = ask(modules, "keys/words.js", body, count)
    assert len({text for text, _, _ in drawn}) == len(drawn)
    assert {(len(text.split()), problem) for text, problem, _ in drawn} == {(count, "")}
    for _, _, places in drawn:
        assert len(places) == (3 if count == 12 else 4)
        assert sorted(set(places)) == places
        assert 1 <= places[0] <= places[-1] <= count
