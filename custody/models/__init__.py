"""What custody stores. Only its services and its watcher write here. Amounts are satoshis."""

from custody.models.chain import (
    ChainBlock,
    ChainPosition,
    Coin,
    CoinSource,
    FeeEstimate,
    SpentInput,
    WatchedScript,
)
from custody.models.deposits import AccountFreeze, Deposit, HouseCoin, ReorgReceivable, UnexpectedSpend
from custody.models.spends import Spend, SpendCoin, SpendVersion
from custody.models.terms import Restoration, TermsProposal, TermsVersion, WithdrawalStop
from custody.models.wallets import VaultWallet, WalletCounter, WalletKey
from custody.models.withdrawals import AllowedAddress, Withdrawal, WithdrawalApproval

__all__ = [
    "AccountFreeze",
    "AllowedAddress",
    "ChainBlock",
    "ChainPosition",
    "Coin",
    "CoinSource",
    "Deposit",
    "FeeEstimate",
    "HouseCoin",
    "ReorgReceivable",
    "Restoration",
    "Spend",
    "SpendCoin",
    "SpendVersion",
    "SpentInput",
    "TermsProposal",
    "TermsVersion",
    "UnexpectedSpend",
    "VaultWallet",
    "WalletCounter",
    "WalletKey",
    "WatchedScript",
    "Withdrawal",
    "WithdrawalApproval",
    "WithdrawalStop",
]
