"""The stability fee: one growing rate for all vaults, so that no vault is touched when time passes.

Rates are rays (1e27). What a vault stores is normalised debt, in atoms: debt divided by the rate. After
Maker's jug (`docs/decisions.md`).
"""

from decimal import Context
from functools import cache

from ledger.money import mul_div_ceil, mul_div_floor

RAY = 10**27
PPM = 1_000_000
YEAR_SECONDS = 31_536_000
_PRECISION = 80


def rpow(base_ray: int, exponent: int) -> int:
    """`base ** exponent`, each product rounded half up. `exponent` >= 0."""
    assert exponent >= 0
    result_ray = RAY
    while exponent:
        if exponent % 2:
            result_ray = _rmul(result_ray, base_ray)
        exponent //= 2
        if exponent:
            base_ray = _rmul(base_ray, base_ray)
    return result_ray


def _rmul(a_ray: int, b_ray: int) -> int:
    return (a_ray * b_ray + RAY // 2) // RAY


@cache
def per_second_ray(fee_ppm: int) -> int:
    """What the rate is multiplied by each second, so that a year makes (1 + fee) of it; half-even."""
    assert fee_ppm >= 0
    exact = Context(prec=_PRECISION)
    yearly = exact.divide(exact.create_decimal(PPM + fee_ppm), exact.create_decimal(PPM))
    seconds = exact.create_decimal(YEAR_SECONDS)
    root = exact.exp(exact.divide(exact.ln(yearly), seconds))
    return int(exact.quantize(exact.multiply(root, exact.create_decimal(RAY)), exact.create_decimal(1)))


def rate_after(rate_ray: int, fee_ppm: int, seconds: int) -> int:
    """The rate `seconds` later. Never falls, for a fee is never below 0."""
    return mul_div_floor(rate_ray, rpow(per_second_ray(fee_ppm), seconds), RAY)


def debt_atoms(normalised_atoms: int, rate_ray: int) -> int:
    """What is owed: rounded up, for the house."""
    return mul_div_ceil(normalised_atoms, rate_ray, RAY)


def normalised_of_mint(amount_atoms: int, rate_ray: int) -> int:
    """What `amount_atoms` of debt add, rounded up: the debt grows by that or by some atoms more."""
    return mul_div_ceil(amount_atoms, RAY, rate_ray)


def normalised_of_repayment(amount_atoms: int, rate_ray: int) -> int:
    """What a part that is repaid takes away, rounded down: the debt falls by at most the amount."""
    return mul_div_floor(amount_atoms, RAY, rate_ray)
