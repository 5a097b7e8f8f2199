"""What a person's wallet gives back counts by its transaction and its signatures, whatever it adds or drops.

embit and BDK give back every field; wallets that show PSBTs as QR codes send their signatures alone.
"""

import pytest

from custody.bitcoin.errors import BadPsbt, PlanFault, PlanMismatch, WireFault
from custody.bitcoin.psbts import psbt_of, signatures_in, signatures_of_wallet, with_signatures
from tests.custody.bitcoin.test_psbts import COINS, PLAN, SIGNED, SPOILS, USER, VAULT, Spoil
from tests.custody.support.psbt_maps import (
    PARTIAL_SIG,
    PROPRIETARY,
    Maps,
    maps_of,
    signatures_by,
    signed_psbt,
)
from tests.custody.support.wallets import pay, plan_of


def signatures_alone(maps: Maps) -> Maps:
    """As wallets do that show what they signed as a QR code."""
    kept = [[field for field in fields if field[0][0] == PARTIAL_SIG] for fields in maps.maps[1:]]
    maps.maps = [maps.maps[0], *kept]
    return maps


# Of all that signers refuse, the fields that no wallet's reader looks at.
HARMLESS: dict[str, Spoil] = {
    "nothing else": lambda maps: maps,
    "signatures alone": signatures_alone,
    **{name: spoil for name, (spoil, reason) in SPOILS.items() if reason is PlanFault.FIELDS},
}
WRONG = {name: case for name, case in SPOILS.items() if case[1] is not PlanFault.FIELDS}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_fields_that_are_not_read_may_be_other_ones(change: Spoil) -> None:
    found = signatures_of_wallet(PLAN, change(maps_of(SIGNED)).text())
    assert found == {USER.key: signatures_by(PLAN, USER)}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_written_anew_it_is_what_a_signer_takes(change: Spoil) -> None:
    found = signatures_of_wallet(PLAN, change(maps_of(SIGNED)).text())
    assert signatures_in(PLAN, with_signatures(PLAN, found)) == found


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize(("change", "reason"), WRONG.values(), ids=WRONG.keys())
def test_what_signatures_are_stays_as_strict(change: Spoil, reason: PlanFault, bare: bool) -> None:
    maps = signatures_alone(maps_of(SIGNED)) if bare else maps_of(SIGNED)
    with pytest.raises(PlanMismatch) as refusal:
        signatures_of_wallet(PLAN, change(maps).text())
    assert refusal.value.reason is reason


def test_one_input_alone_is_not_enough() -> None:
    with pytest.raises(PlanMismatch) as refusal:
        signatures_of_wallet(PLAN, maps_of(SIGNED).drop(2, PARTIAL_SIG).text())
    assert refusal.value.reason is PlanFault.SIGNATURE_COUNT


def test_another_transaction_is_refused_whatever_is_signed() -> None:
    other = plan_of(VAULT, pay(30_000_001), coins=COINS)
    with pytest.raises(PlanMismatch) as refusal:
        signatures_of_wallet(PLAN, signed_psbt(other, USER))
    assert refusal.value.reason is PlanFault.TRANSACTION


def test_one_that_nobody_signed_has_no_signatures() -> None:
    assert signatures_of_wallet(PLAN, psbt_of(PLAN)) == {}


def test_it_is_read_up_to_a_length() -> None:
    chatter = maps_of(SIGNED).put(1, PROPRIETARY, bytes(60_000), b"\x03abc").text()
    with pytest.raises(BadPsbt) as refusal:
        signatures_of_wallet(PLAN, chatter)
    assert refusal.value.reason is WireFault.SIZE
