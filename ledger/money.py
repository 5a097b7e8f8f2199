"""Integer arithmetic on money. Every division names its rounding; nothing here knows a float."""

INT64_MAX = 2**63 - 1
MAX_DECIMALS = 10


def mul_div_floor(a: int, b: int, divisor: int) -> int:
    """a * b / divisor rounded down (towards minus infinity). `divisor` > 0."""
    assert divisor > 0
    return a * b // divisor


def mul_div_ceil(a: int, b: int, divisor: int) -> int:
    """a * b / divisor rounded up (towards plus infinity). `divisor` > 0."""
    assert divisor > 0
    return -(-(a * b) // divisor)


def format_atoms(atoms: int, decimals: int) -> str:
    """Atoms as a decimal string with exactly `decimals` places: (1_500_000, 6) -> "1.500000"."""
    sign, digits = ("-", -atoms) if atoms < 0 else ("", atoms)
    if decimals == 0:
        return f"{sign}{digits}"
    whole, fraction = divmod(digits, 10**decimals)
    return f"{sign}{whole}.{fraction:0{decimals}d}"
