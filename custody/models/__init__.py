"""What custody stores. Only its services and its watcher write here. Amounts are satoshis."""

from custody.models.chain import ChainBlock, ChainPosition, Coin, CoinSource, SpentInput, WatchedScript
from custody.models.deposits import AccountFreeze, Deposit, ReorgReceivable
from custody.models.spends import Spend, SpendCoin, SpendVersion
from custody.models.terms import TermsProposal, TermsVersion, WithdrawalStop
from custody.models.wallets import VaultWallet, WalletCounter
from custody.models.withdrawals import AllowedAddress, Withdrawal, WithdrawalApproval

__all__ = [
    "AccountFreeze",
    "AllowedAddress",
    "ChainBlock",
    "ChainPosition",
    "Coin",
    "CoinSource",
    "Deposit",
    "ReorgReceivable",
    "Spend",
    "SpendCoin",
    "SpendVersion",
    "SpentInput",
    "TermsProposal",
    "TermsVersion",
    "VaultWallet",
    "WalletCounter",
    "WatchedScript",
    "Withdrawal",
    "WithdrawalApproval",
    "WithdrawalStop",
]
