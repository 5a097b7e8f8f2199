"""Events as they are shown: units by the ends of names, and no numbers of the house's own rows."""

from datetime import UTC, datetime

from vaults.rendering import render_event

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def shown(**data: object) -> object:
    return render_event(3, "MINTED", NOON, data)["data"]


def test_it_says_which_when_and_what() -> None:
    assert render_event(3, "MINTED", NOON, {}) == {
        "version": 3,
        "name": "MINTED",
        "time_ms": 1_773_316_800_000,
        "data": {},
    }


def test_amounts_and_ratios_are_decimal_strings() -> None:
    assert shown(amount_atoms=150_000_000, fee_sats=1, ratio_ppm=1_500_000, price_e8=6 * 10**12) == {
        "amount": "1.50000000",
        "fee": "0.00000001",
        "ratio": "1.500000",
        "price": "60000.00000000",
    }


def test_a_ray_keeps_all_of_its_places() -> None:
    assert shown(rate_ray="1000000000000000000000000001") == {"rate": "1.000000000000000000000000001"}


def test_coins_are_shown_one_by_one() -> None:
    assert shown(sats=3, coins=[{"txid": "ab", "vout": 0, "sats": 1}]) == {
        "amount": "0.00000003",
        "coins": [{"txid": "ab", "vout": 0, "amount": "0.00000001"}],
    }


def test_numbers_of_the_houses_rows_stay_inside() -> None:
    assert shown(spend_id=7, coin_id=8, round_id=9, payer="another", reason="late") == {
        "round_id": "9",
        "payer": "another",
        "reason": "late",
    }


def test_what_is_not_known_is_null() -> None:
    assert shown(ratio_ppm=None, txid="ab") == {"ratio": None, "txid": "ab"}
