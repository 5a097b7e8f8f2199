"""ccxt's own suite leaves with 0 whatever it found: what it prints decides."""

import pytest

from conformance.verdict import verdict_of

GOOD = """
[INFO] TESTING            binance loadMarkets
[INFO] TESTING DONE       binance loadMarkets
[INFO] TESTING            binance fetchTicker ("BTC/USDB")
[INFO] TESTING DONE       binance fetchTicker
[INFO] NOT_SUPPORTED binance fetchLeverageTiers [NotSupported] Traceback (most recent call last):
  File "tests_sync.py", line 303, in test_safe
ccxt.base.errors.NotSupported: binance sandbox mode is not supported for futures anymore
[INFO] SKIPPED_TEST       binance fetchLedger
[INFO] END PUBLIC_TESTS binance
"""
REQUIRED = {"loadMarkets", "fetchTicker"}
SKIPS = {"fetchLedger"}


def test_it_passes_what_was_done_and_never_said_to_have_failed() -> None:
    verdict = verdict_of(GOOD, 0, REQUIRED, SKIPS)
    assert verdict.passed
    assert verdict.done == REQUIRED
    assert verdict.skipped == SKIPS


@pytest.mark.parametrize(
    "line",
    [
        '[TEST_FAILURE] binance fetchTicker ("BTC/USDB") `last` != `close`',
        "[TEST_FAILURE]",
        "[TEST_WARNING] binance fetchTicker could not be tested due to a repeated Network issue",
        "[TEST_FAILURE_DETAIL] binance",
        "[STDERR]\nTraceback (most recent call last):",
    ],
)
def test_one_line_fails_it_though_it_left_with_0(line: str) -> None:
    verdict = verdict_of(f"{GOOD}\n{line}\n", 0, REQUIRED, SKIPS)
    assert not verdict.passed
    assert verdict.wrong == (line,)


def test_a_suite_that_says_nothing_has_not_passed() -> None:
    assert verdict_of("", 0, REQUIRED, SKIPS).wrong == ("never done: fetchTicker, loadMarkets",)


def test_a_method_that_began_and_was_never_done_fails_it() -> None:
    output = GOOD.replace("[INFO] TESTING DONE       binance fetchTicker\n", "")
    assert verdict_of(output, 0, REQUIRED, SKIPS).wrong == ("never done: fetchTicker",)


def test_a_skip_that_nobody_gave_a_reason_for_fails_it() -> None:
    assert verdict_of(GOOD, 0, REQUIRED, ()).wrong == ("skipped without a reason: fetchLedger",)


def test_leaving_with_anything_but_0_fails_it() -> None:
    assert verdict_of(GOOD, 1, REQUIRED, SKIPS).wrong == ("it left with 1",)
