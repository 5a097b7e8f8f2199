"""What people call what the document has: a method for each operation, types without suffixes."""

from dataclasses import dataclass

_SUFFIXES = ("Document", "Answer", "Body", "Enum")
_TYPES = {
    "WalletDocument": "Balance",
    "DepositDocumentStatusEnum": "DepositStatus",
    "KindEnum": "KeyKind",
    "NetworkEnum": "BitcoinNetwork",
    "NewKeyBody": "NewKeyForm",
    "NoticeDocument": "AccountNotice",
    "OracleStateEnum": "PriceState",
    "OrderDocumentStatusEnum": "OrderStatus",
    "OriginEnum": "PriceOrigin",
    "PartyDocument": "SignerParty",
    "PatchedAmendForm": "AmendForm",
    "PendingOrderDocumentStatusEnum": "PendingStatus",
    "RefusalEnum": "RoundRefusal",
    "ReserveLineDocumentSideEnum": "ReserveSide",
    "RoleEnum": "FillRole",
    "ScopesEnum": "KeyScope",
    "SourceDocument": "PriceSource",
    "TransferDocumentStatusEnum": "TransferStatus",
    "TypeEnum": "OrderType",
    "VerdictEnum": "SourceVerdict",
    "CollateralWithdrawalDocumentKindEnum": "CollateralWithdrawalKind",
    "CollateralWithdrawalDocumentStatusEnum": "CollateralWithdrawalStatus",
    "StandingEnum": "VaultStanding",
    "WithdrawalDocumentStatusEnum": "WithdrawalStatus",
}
# Choices that stand in a query alone, by operation and parameter.
CHOICES = {
    ("get_markets_by_market_candles", "interval"): "CandleInterval",
    ("get_oracle_candles", "interval"): "OracleInterval",
    ("get_orders", "status"): "OpenOrClosed",
}


@dataclass(frozen=True, slots=True)
class Named:
    """`ids`: the member of the body that holds the client order ids which make a repeat safe."""

    method: str
    ids: str = ""


METHODS = {
    "get_time": Named("time"),
    "post_ws_ticket": Named("socket_ticket"),
    "get_api_keys": Named("all"),
    "post_api_keys": Named("create"),
    "delete_api_keys_by_key_id": Named("revoke"),
    "get_second_factor": Named("second_factor"),
    "post_second_factor": Named("set_up_second_factor"),
    "post_second_factor_confirm": Named("confirm_second_factor"),
    "post_second_factor_removal": Named("remove_second_factor"),
    "get_notices": Named("find"),
    "post_notices_read": Named("mark_read"),
    "get_notice_settings": Named("settings"),
    "put_notice_settings": Named("choose"),
    "get_webhooks": Named("webhooks"),
    "post_webhooks": Named("create_webhook"),
    "delete_webhooks_by_webhook_id": Named("delete_webhook"),
    "post_webhooks_by_webhook_id_test": Named("test_webhook"),
    "get_custody": Named("custody"),
    "get_deposit_address": Named("deposit_address"),
    "get_deposits": Named("deposits"),
    "get_deposits_by_deposit_id": Named("deposit"),
    "get_withdrawals": Named("withdrawals"),
    "post_withdrawals": Named("withdraw"),
    "get_withdrawals_by_withdrawal_id": Named("withdrawal"),
    "delete_withdrawals_by_withdrawal_id": Named("cancel_withdrawal"),
    "get_withdrawal_limits": Named("withdrawal_limits"),
    "get_withdrawal_addresses": Named("withdrawal_addresses"),
    "post_withdrawal_addresses": Named("add_withdrawal_address"),
    "delete_withdrawal_addresses_by_address_id": Named("remove_withdrawal_address"),
    "get_vaults": Named("find"),
    "post_vaults": Named("open"),
    "get_vaults_terms": Named("terms"),
    "get_vaults_by_vault_id": Named("get"),
    "get_vaults_by_vault_id_deposits": Named("deposits"),
    "get_vaults_by_vault_id_events": Named("events"),
    "get_vaults_by_vault_id_export": Named("export"),
    "get_vaults_by_vault_id_preview": Named("preview"),
    "post_vaults_by_vault_id_mint": Named("mint"),
    "post_vaults_by_vault_id_repay": Named("repay"),
    "post_vaults_by_vault_id_save": Named("save"),
    "post_vaults_by_vault_id_withdraw": Named("withdraw"),
    "post_vaults_by_vault_id_close": Named("close"),
    "get_vaults_by_vault_id_withdrawals": Named("withdrawals"),
    "get_vaults_by_vault_id_withdrawals_by_withdrawal_id": Named("withdrawal"),
    "delete_vaults_by_vault_id_withdrawals_by_withdrawal_id": Named("cancel_withdrawal"),
    "post_vaults_by_vault_id_withdrawals_by_withdrawal_id_sign": Named("sign"),
    "get_markets": Named("all"),
    "get_markets_by_market": Named("get"),
    "get_markets_by_market_book": Named("book"),
    "get_markets_by_market_candles": Named("candles"),
    "get_markets_by_market_ticker": Named("ticker"),
    "get_markets_by_market_trades": Named("trades"),
    "get_tickers": Named("tickers"),
    "get_oracle_candles": Named("candles"),
    "get_oracle_history": Named("history"),
    "get_oracle_price": Named("price"),
    "get_oracle_state": Named("state"),
    "get_oracle_twap": Named("twap"),
    "get_reserves": Named("summary"),
    "get_reserves_proof": Named("proof"),
    "get_reserves_snapshots": Named("snapshots"),
    "get_reserves_snapshots_by_snapshot_id": Named("snapshot"),
    "get_reserves_vaults": Named("vaults"),
    "get_reserves_vaults_by_vault_id": Named("vault"),
    "get_orders": Named("find"),
    "post_orders": Named("place", ids="client_order_id"),
    "delete_orders": Named("cancel_all"),
    "get_orders_by_order_id": Named("get"),
    "patch_orders_by_order_id": Named("amend"),
    "delete_orders_by_order_id": Named("cancel"),
    "post_orders_batch": Named("place_batch", ids="orders"),
    "post_orders_cancel_batch": Named("cancel_batch"),
    "get_orders_by_client_id": Named("get_by_client_id"),
    "patch_orders_by_client_id": Named("amend_by_client_id"),
    "delete_orders_by_client_id": Named("cancel_by_client_id"),
    "get_dead_mans_switch": Named("switches"),
    "put_dead_mans_switch": Named("arm_switch"),
    "delete_dead_mans_switch": Named("disarm_switch"),
    "get_balances": Named("balances"),
    "get_fee_tier": Named("fee_tier"),
    "get_fills": Named("fills"),
    "post_faucet": Named("faucet"),
    "get_statements_ledger": Named("ledger_statement"),
    "get_statements_trades": Named("trade_statement"),
    "get_transfers": Named("transfers"),
    "post_transfers": Named("transfer"),
    "get_transfers_by_transfer_id": Named("transfer_by_id"),
}


def method_of(operation_id: str) -> Named:
    """An operation that nobody has named yet keeps its id."""
    return METHODS.get(operation_id, Named(operation_id))


def type_name(component: str) -> str:
    if component in _TYPES:
        return _TYPES[component]
    for suffix in _SUFFIXES:
        if component.endswith(suffix):
            return component.removesuffix(suffix)
    return component


def class_name(tag: str) -> str:
    return "".join(part.capitalize() for part in tag.split("-")) + "Api"
