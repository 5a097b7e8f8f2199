"""The checksum by a table is the library's, of whatever a descriptor can be made of."""

import pytest
from btclib_wallet.descriptors import checksum
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.descriptor_checksum import _INPUT, descriptor_checksum


@given(st.text(alphabet=_INPUT, max_size=120))
def test_it_is_what_the_library_counts(body: str) -> None:
    assert descriptor_checksum(body) == checksum(body)


def test_it_is_the_one_of_bip_380() -> None:
    assert descriptor_checksum("raw(deadbeef)") == "89f8spxm"


@pytest.mark.parametrize("character", ["\n", "é", "\0"])
def test_what_no_descriptor_has_is_refused(character: str) -> None:
    with pytest.raises(KeyError):
        descriptor_checksum(f"raw({character})")
