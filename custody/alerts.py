"""Alerts of custody: the chain, the signers, what leaves the house and what it has for that."""

from health.alerting.conditions import Both, Compare
from health.alerting.registry import page, warn
from health.alerting.vectors import Gauge, Increase, none_of, one_of, select

_SIGNERS = "ballast_custody_signer_answers"
_ASKED = "ballast_custody_signer_answers_total"
_TELLINGS = "ballast_custody_tellings_total"
_OF_ROLE = ("role",)
_HOT, _CAP = Gauge(select("ballast_custody_hot_sats")), Gauge(select("ballast_custody_hot_cap_sats"))

ALERTS = (
    page(
        "ChainAway",
        Compare(Gauge(select("ballast_custody_chain_silent_seconds")), ">", 120),
        for_s=60,
        summary="No source of blocks has answered for two minutes.",
        stake="Deposits are not seen and withdrawals do not go out. Nothing is lost.",
    ),
    page(
        "ChainBehind",
        Compare(Gauge(select("ballast_custody_chain_lag")), ">", 12),
        for_s=300,
        summary="The watcher is more than 12 blocks behind its source.",
        stake="Deposits come late, and what was spent without us is seen late.",
    ),
    page(
        "ChainNotBelieved",
        Compare(Gauge(select("ballast_custody_chain_unfit")), "==", 1),
        for_s=300,
        summary="The source of blocks is not believed: wrong network, stuck, or at odds with the second one.",
        stake="Deposits wait. Believing a wrong chain would credit money that does not exist.",
    ),
    warn(
        "ChainTipOld",
        Compare(Gauge(select("ballast_custody_chain_tip_age_seconds")), ">", 10_800),
        for_s=600,
        summary="The newest block is more than three hours old.",
        stake="The node may be cut off from the network, alone or with an attacker.",
    ),
    page(
        "DeepReorg",
        Compare(
            Increase(select("ballast_custody_reorg_depth_count"), 3_600),
            ">",
            Increase(select("ballast_custody_reorg_depth_bucket", one_of("le", "2.0")), 3_600),
        ),
        summary="More than two blocks were taken out of the chain at once.",
        stake="Deposits that counted may be gone; somebody may be double spending.",
    ),
    page(
        "SignerAway",
        Compare(Gauge(select(_SIGNERS, none_of("role", "backup")), by=_OF_ROLE), "==", 0),
        for_s=180,
        summary="The signer {role} does not answer.",
        stake="Withdrawals wait (hot), vaults give nothing back (protocol).",
    ),
    warn(
        "BackupSignerAway",
        Compare(Gauge(select(_SIGNERS, one_of("role", "backup"))), "==", 0),
        for_s=3_600,
        summary="The backup signer has not answered for an hour.",
        stake="If the owner's key is lost, too, a vault cannot be recovered meanwhile.",
    ),
    page(
        "SignerRefused",
        Compare(
            Increase(
                select(_ASKED, none_of("outcome", "SIGNED", "UNAVAILABLE", "VELOCITY")),
                3_600,
                by=("role", "outcome"),
            ),
            ">",
            0,
        ),
        summary="The signer {role} refused what the house asked it to sign: {outcome}.",
        stake="The house asked for something that it must not, or its books and the signer's differ.",
    ),
    warn(
        "SignerVelocity",
        Compare(Increase(select(_ASKED, one_of("outcome", "VELOCITY")), 3_600, by=_OF_ROLE), ">", 3),
        summary="The signer {role} has refused more than three times in an hour: too much at once.",
        stake="Withdrawals wait. Somebody may be emptying the house as fast as it lets him.",
    ),
    page(
        "SignerShowsAnotherKey",
        Compare(Gauge(select("ballast_custody_signer_another_key"), by=_OF_ROLE), "==", 1),
        summary="The signer {role} shows another key than before.",
        stake="Somebody has put his own signer in its place, or its key was made anew.",
    ),
    page(
        "WithdrawalsStopped",
        Compare(Gauge(select("ballast_custody_withdrawals_stopped")), "==", 1),
        for_s=60,
        summary="Withdrawals are stopped for everybody.",
        stake="No customer gets his bitcoin.",
    ),
    warn(
        "WithdrawalAwaitsApproval",
        Compare(Gauge(select("ballast_custody_withdrawals_approval_oldest_seconds")), ">", 7_200),
        summary="A withdrawal has waited for an operator's approval for more than two hours.",
        stake="A customer waits for his money.",
    ),
    page(
        "WithdrawalStuck",
        Compare(Gauge(select("ballast_custody_withdrawals_oldest_seconds")), ">", 86_400),
        for_s=300,
        summary="A withdrawal has been under way for more than a day.",
        stake="A customer waits for his money and nobody has seen why.",
    ),
    warn(
        "WithdrawalUnconfirmed",
        Compare(Gauge(select("ballast_custody_withdrawals_unconfirmed_oldest_seconds")), ">", 21_600),
        for_s=300,
        summary="A withdrawal that was sent has waited for its block for more than six hours.",
        stake="Its fee is too low, or the network does not have it.",
    ),
    page(
        "SpendNeedsPerson",
        Compare(Gauge(select("ballast_custody_withdrawals_troubled_spends")), ">", 0),
        for_s=120,
        summary="A spend is contested, refused by the network, or stuck.",
        stake="Its coins or its customers' money wait for a person to decide.",
    ),
    page(
        "ConflictingTransaction",
        Compare(Increase(select(_TELLINGS, one_of("verdict", "CONFLICT")), 3_600), ">", 0),
        summary="The network says that a coin of ours is spent by another transaction.",
        stake="Somebody else may be signing with our keys.",
    ),
    page(
        "UnexpectedSpend",
        Compare(Gauge(select("ballast_custody_deposits_unexpected_spends")), ">", 0),
        summary="A coin of ours was spent without us.",
        stake="A key is in others' hands. Stop withdrawals and move what is left.",
    ),
    page(
        "HotWalletTooLow",
        Compare(Gauge(select("ballast_custody_hot_missing_sats")), ">", 0),
        for_s=900,
        summary="The hot wallet lacks what is withdrawn.",
        stake="Customers wait until somebody refills it from cold storage.",
    ),
    warn(
        "HotWalletAboveCap",
        Compare(_HOT, ">", _CAP, percent=200),
        for_s=1_800,
        summary="The hot wallet has held more than twice its cap for half an hour.",
        stake="What lies there is what a thief of one key gets.",
    ),
    warn(
        "HotWalletFullyHeld",
        Both(
            Compare(Gauge(select("ballast_custody_hot_held_sats")), ">", 0),
            Compare(Gauge(select("ballast_custody_hot_held_sats")), ">=", _HOT),
        ),
        for_s=10_800,
        summary="Everything in the hot wallet has been in spends under way for three hours.",
        stake="Nothing more goes out until one of them confirms.",
    ),
)
