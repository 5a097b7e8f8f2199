"""Keys in a token: they stay there, sign with a low S, and are found again when the token was away."""

import secrets

import pkcs11
import pytest
from pkcs11 import Attribute, Mechanism, ObjectClass
from pkcs11.exceptions import AttributeSensitive, PKCS11Error
from pkcs11.types import SignMixin

from custody.bitcoin.signatures import HALF_ORDER, check_signature, read_der
from custody.bitcoin.types import FixedKey, Place, Role
from custody.signers.pkcs11 import TokenKeyholder, TokenPlace
from custody.signers.registry import token_place
from custody.signers.signer import SignerUnavailable
from tests.custody.support.tokens import PIN
from tests.custody.support.wallets import account

PLACE = Place(0, 0)


@pytest.fixture
def place(tokens: tuple[TokenPlace, TokenPlace]) -> TokenPlace:
    return tokens[0]


@pytest.fixture
def holder(place: TokenPlace) -> TokenKeyholder:
    return TokenKeyholder(place)


def test_its_signatures_verify_and_have_a_low_s(holder: TokenKeyholder) -> None:
    key = holder.fixed_key("low")
    for _ in range(40):
        digest = secrets.token_bytes(32)
        signature = holder.sign(key, PLACE, digest)
        check_signature(key.public_key, signature, digest)
        assert read_der(signature[:-1])[1] <= HALF_ORDER


def test_the_token_itself_signs_high_half_of_the_time(holder: TokenKeyholder, place: TokenPlace) -> None:
    """What the one above would be worth nothing without."""
    holder.fixed_key("low")
    session = holder._opened()
    private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label="low")
    assert isinstance(private, SignMixin)
    signed = [private.sign(secrets.token_bytes(32), mechanism=Mechanism.ECDSA) for _ in range(40)]
    assert any(int.from_bytes(one[32:], "big") > HALF_ORDER for one in signed)


def test_whoever_asks_for_too_many_keys_takes_none_out_of_reach(place: TokenPlace) -> None:
    known = TokenKeyholder(place).fixed_key("before the flood")
    full = TokenKeyholder(place, most_keys=1)
    with pytest.raises(SignerUnavailable, match="full"):
        full.fixed_key("one more")
    assert full.fixed_key("before the flood") == known
    check_signature(known.public_key, full.sign(known, PLACE, b"\1" * 32), b"\1" * 32)


def test_its_private_keys_are_not_read(holder: TokenKeyholder) -> None:
    holder.fixed_key("hidden")
    private = holder._opened().get_key(object_class=ObjectClass.PRIVATE_KEY, label="hidden")
    assert private[Attribute.SENSITIVE]
    assert not private[Attribute.EXTRACTABLE]
    with pytest.raises((AttributeSensitive, PKCS11Error)):
        private[Attribute.VALUE]


def test_a_label_has_the_same_key_for_every_holder(holder: TokenKeyholder, place: TokenPlace) -> None:
    key = holder.fixed_key("one")
    other = TokenKeyholder(place)
    assert other.fixed_key("one") == key
    assert other.owns(key)


def test_it_owns_only_what_is_in_it(holder: TokenKeyholder, tokens: tuple[TokenPlace, TokenPlace]) -> None:
    assert not holder.owns(FixedKey(b"\2" * 33))
    assert not holder.owns(account("carol", Role.PROTOCOL).key)
    assert not holder.owns(TokenKeyholder(tokens[1]).fixed_key("of the other"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of the library's lost search
def test_it_goes_on_when_its_sessions_were_lost(holder: TokenKeyholder, place: TokenPlace) -> None:
    key = holder.fixed_key("lost")
    pkcs11.lib(place.library).reinitialize()
    digest = secrets.token_bytes(32)
    check_signature(key.public_key, holder.sign(key, PLACE, digest), digest)


def test_a_token_that_is_not_there_is_no_answer(place: TokenPlace) -> None:
    absent = TokenKeyholder(TokenPlace(place.library, "absent", PIN))
    with pytest.raises(SignerUnavailable):
        absent.fixed_key("x")


def test_a_key_that_is_not_there_is_no_signature(holder: TokenKeyholder) -> None:
    with pytest.raises(SignerUnavailable):
        holder.sign(FixedKey(b"\2" * 33), PLACE, b"\0" * 32)


def test_a_wrong_pin_is_tried_once_because_a_token_locks_itself(place: TokenPlace) -> None:
    pkcs11.lib(place.library).reinitialize()
    wrong = TokenKeyholder(TokenPlace(place.library, place.token, "9999"))
    for _ in range(20):
        with pytest.raises(SignerUnavailable, match="PIN"):
            wrong.fixed_key("x")
    assert TokenKeyholder(place).fixed_key("after")


def test_it_does_not_show_its_pin(place: TokenPlace) -> None:
    assert PIN not in repr(place)


@pytest.mark.parametrize("text", ["", "?token=x", "/lib.so", "/lib.so?token=a&token=b", "/lib.so?label=a"])
def test_a_token_is_written_one_way(text: str) -> None:
    with pytest.raises(ValueError, match="token"):
        token_place(text, PIN)
