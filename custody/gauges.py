"""What the figures of custody's checks are in the metrics."""

from custody.rules.statuses import DepositStatus
from custody.rules.withdrawals import OPEN
from health.registry import Gauge, in_states

CHAIN_GAUGES = {
    "height": Gauge("The newest block that was told."),
    "lag": Gauge("Blocks that the source has and that were not told yet."),
    "silent_s": Gauge("Since the chain source was asked with success."),
    "waiting": Gauge("Facts of blocks and mempool that money has not followed yet."),
    "unfit": Gauge("Whether the chain source is not believed: wrong network, stuck, or two that differ."),
    "peers": Gauge("Peers of the node, where the source says how many."),
    "tip_age_s": Gauge("Since the time that the newest block bears."),
}
SIGNER_GAUGES = {
    "answers": Gauge("Whether the signer answers, as the one that it should be."),
    "another_key": Gauge("Whether it shows another key than before."),
}
HOT_GAUGES = {
    "sats": Gauge("Booked and unspent in the hot wallet."),
    "held_sats": Gauge("Of what is booked in the hot wallet, what spends under way have taken."),
    "waiting_sats": Gauge("Approved withdrawals whose turn it is."),
    "missing_sats": Gauge("What a refill has to bring for approved withdrawals."),
    "cap_sats": Gauge("The cap of the hot wallet: more than that is swept to cold storage."),
}
WALLET_GAUGES = {
    "coins": Gauge("Unspent coins of the wallet in blocks."),
    "sats": Gauge("What unspent coins of the wallet in blocks come to."),
}
DEPOSIT_GAUGES = {
    **in_states(DepositStatus, "Deposits by status."),
    "oldest_s": Gauge("Since the oldest was seen that is not credited and still may be."),
    "unexpected_spends": Gauge("Coins of ours that were spent without us, and that nobody has looked at."),
}
WITHDRAWAL_GAUGES = {
    **in_states(OPEN, "Withdrawals under way, by status."),
    "oldest_s": Gauge("Since the oldest of those under way was requested."),
    "approval_oldest_s": Gauge("Since the oldest that waits for an approval was requested."),
    "unconfirmed_oldest_s": Gauge("Since the oldest spend was signed that is not deep in the chain."),
    "stopped": Gauge("Whether an operator or a rule has stopped all of them."),
    "troubled_spends": Gauge("Spends that need a person."),
}
