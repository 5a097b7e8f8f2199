"""A user's second factor: one-time codes by TOTP, set up here and asked for by what moves money out."""

from access.second_factor.codes import STEP_SECONDS, code_at, new_secret, step_at
from access.second_factor.enrolling import (
    Enrolment,
    begin_enrolment,
    confirm_enrolment,
    remove_second_factor,
    remove_second_factor_of,
    seed_second_factor,
)
from access.second_factor.spending import check_code, spend_code
from access.second_factor.state import SecondFactorState, second_factor_state

__all__ = [
    "STEP_SECONDS",
    "Enrolment",
    "SecondFactorState",
    "begin_enrolment",
    "check_code",
    "code_at",
    "confirm_enrolment",
    "new_secret",
    "remove_second_factor",
    "remove_second_factor_of",
    "second_factor_state",
    "seed_second_factor",
    "spend_code",
    "step_at",
]
