"""What a node's words about a transaction mean, as Bitcoin Core, bcoin and Esplora say them."""

import pytest

from custody.chains.source import MAX_DETAIL, VerdictKind
from custody.chains.verdicts import is_verdict, verdict_of

UNHEARD = "words of a version to come"
SAID = [
    (-27, "Transaction outputs already in utxo set", VerdictKind.IN_CHAIN),
    (-27, "Transaction already in block chain", VerdictKind.IN_CHAIN),
    (-27, "transaction already in block chain", VerdictKind.IN_CHAIN),
    (-27, UNHEARD, VerdictKind.IN_CHAIN),
    (-26, "txn-already-known", VerdictKind.IN_CHAIN),
    (-26, "txn-already-in-mempool", VerdictKind.KNOWN),
    (-26, "txn-same-nonwitness-data-in-mempool", VerdictKind.KNOWN),
    (-25, "bad-txns-inputs-missingorspent", VerdictKind.MISSING_INPUTS),
    (-25, "Missing inputs", VerdictKind.MISSING_INPUTS),
    (-25, "Inputs missing or spent", VerdictKind.MISSING_INPUTS),
    (-26, "missing-inputs", VerdictKind.MISSING_INPUTS),
    (-26, "txn-mempool-conflict", VerdictKind.CONFLICT),
    (-26, "bad-txns-spends-conflicting-tx, 11 spends conflicting transaction 22", VerdictKind.CONFLICT),
    (-26, "bad-txns-inputs-spent", VerdictKind.CONFLICT),
    (-26, "min relay fee not met, 100 < 141", VerdictKind.FEE_TOO_LOW),
    (-26, "mempool min fee not met, 141 < 302", VerdictKind.FEE_TOO_LOW),
    (-26, "mempool full", VerdictKind.FEE_TOO_LOW),
    (
        -26,
        "insufficient fee, rejecting replacement 11, less fees",
        VerdictKind.FEE_TOO_LOW,
    ),
    (-26, "insufficient priority", VerdictKind.FEE_TOO_LOW),
    (-26, "dust", VerdictKind.REFUSED),
    (-26, "non-BIP68-final", VerdictKind.REFUSED),
    (-26, "non-final", VerdictKind.REFUSED),
    (-26, "bad-txns-in-belowout, value in (0.5) < value out (0.6)", VerdictKind.REFUSED),
    (-26, "mandatory-script-verify-flag-failed (Signature must be zero)", VerdictKind.REFUSED),
    (-26, "too-long-mempool-chain, too many unconfirmed ancestors [limit: 25]", VerdictKind.REFUSED),
    (-25, "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)", VerdictKind.REFUSED),
    (-22, "TX decode failed. Make sure the tx has at least one input.", VerdictKind.REFUSED),
]


@pytest.mark.parametrize(("code", "text", "kind"), SAID)
def test_a_nodes_words_have_their_meaning(code: int, text: str, kind: VerdictKind) -> None:
    assert verdict_of(code, text).kind is kind
    assert verdict_of(code, text).detail == text[:MAX_DETAIL]


@pytest.mark.parametrize(("code", "text", "kind"), [one for one in SAID if one[1] != UNHEARD])
def test_the_same_words_mean_the_same_inside_an_esploras(code: int, text: str, kind: VerdictKind) -> None:
    said = f'sendrawtransaction RPC error: {{"code":{code},"message":"{text}"}}'
    assert verdict_of(None, said).kind is kind


@pytest.mark.parametrize("code", [-1, -28, -32603, -20, 0, 5])
def test_an_error_about_the_node_says_nothing_about_a_transaction(code: int) -> None:
    assert not is_verdict(code)


def test_a_detail_is_short_and_can_be_printed() -> None:
    detail = verdict_of(-26, "dust\r\n\x1b[31m" + "x" * 10_000).detail
    assert len(detail) == MAX_DETAIL
    assert detail.isprintable()
