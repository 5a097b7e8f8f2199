"""What custody counts, in the process's one registry, each thing once it is committed.

Heights, lag, coins and what waits are figures of its checks.
"""

from functools import partial

from django.db import transaction
from prometheus_client import Counter, Histogram

from custody.rules.statuses import DepositStatus, WithdrawalEvent

CREDITED, TAKEN_BACK = "CREDITED", "TAKEN_BACK"
REQUEST = "REQUEST"
SIGNED, UNAVAILABLE, UNPROVEN = "SIGNED", "UNAVAILABLE", "UNPROVEN"

DEPOSITS = Counter(
    "ballast_custody_deposits",
    "Deposits that were CREDITED or TAKEN_BACK, by status afterwards: of what was taken back the cause.",
    ["event", "status"],
)
DEPOSIT_SATS = Counter(
    "ballast_custody_deposit_sats", "Satoshis of deposits that were CREDITED or TAKEN_BACK.", ["event"]
)
WITHDRAWALS = Counter("ballast_custody_withdrawals", "Steps of withdrawals.", ["event"])
TELLINGS = Counter(
    "ballast_custody_tellings", "What the network said to transactions; UNANSWERED: nothing.", ["verdict"]
)
SIGNERS = Counter(
    "ballast_custody_signer_answers",
    "What signers said to plans: SIGNED, UNAVAILABLE, UNPROVEN (no signature of it), or why they refused.",
    ["role", "outcome"],
)
BLOCKS = Counter("ballast_custody_blocks", "Blocks that the watcher has told.")
REORGS = Histogram(
    "ballast_custody_reorg_depth",
    "Blocks that a reorganization took out of the chain.",
    buckets=(1, 2, 3, 6, 12, 24, 100),
)


def note_deposits(status: DepositStatus, count: int, sats: int) -> None:
    """Inside the transaction that credits them, or that takes them back to where they are now."""
    event = CREDITED if status is DepositStatus.CREDITED else TAKEN_BACK
    transaction.on_commit(partial(DEPOSITS.labels(event, status).inc, count))
    transaction.on_commit(partial(DEPOSIT_SATS.labels(event).inc, sats))


def note_withdrawals(event: WithdrawalEvent | str, count: int = 1) -> None:
    """Inside the transaction that does it, or after it."""
    transaction.on_commit(partial(WITHDRAWALS.labels(event).inc, count))


def note_telling(verdict: str) -> None:
    TELLINGS.labels(verdict).inc()


def note_signer(role: str, outcome: str) -> None:
    SIGNERS.labels(role, outcome).inc()


def note_blocks(count: int, undone: int) -> None:
    """Of one change from tip to tip: `undone` blocks left the chain before `count` came."""
    BLOCKS.inc(count)
    if undone:
        REORGS.observe(undone)
