"""Types of the API: what answers about reserves are made of. Generated: do not edit."""

from ballast_sdk.models.base import Model
from ballast_sdk.models.choices import ReserveSide, VaultCoinStatus, VaultStatus
from ballast_sdk.models.shared import ShownPrice


class Identity(Model, frozen=True, kw_only=True):
    """What must be true of the books at every moment. Looked at each minute, everything each hour.

    holds: null: it was never looked at.
    """

    name: str
    meaning: str
    holds: bool | None
    violations: int
    violated_since_ms: int | None
    checked_ms: int | None
    whole_checked_ms: int | None


class ReserveVaultCoin(Model, frozen=True, kw_only=True):
    """An unspent output in a block.

    being_spent: By a transaction that waits for its block.
    status: CREDITED ones are collateral. null: too small to count.
    """

    txid: str
    vout: int
    amount: str
    address: str
    confirmations: int
    being_spent: bool
    status: VaultCoinStatus | None


class ReserveVault(Model, frozen=True, kw_only=True):
    """A vault without its owner.

    addresses: All that are its.
    leaving: On its way out: no collateral, but maybe still in the coins.
    ratio: Collateral over debt; null without a price, or without debt.
    coins: The largest: 20 in lists, 500 of one vault alone.
    """

    vault_id: str
    status: VaultStatus
    addresses: list[str]
    collateral: str
    leaving: str
    debt: str
    ratio: str | None
    liquidation_ratio: str
    coins_count: int
    coins_amount: str
    coins: list[ReserveVaultCoin]


class SnapshotTotal(Model, frozen=True, kw_only=True):
    asset: str
    atoms: str
    amount: str


class Snapshot(Model, frozen=True, kw_only=True):
    """What customers held at one moment, as a tree that is known by its root.

    position: The latest transfer that is in it.
    customers: Who held anything.
    depth: Levels of the tree above its leaves.
    root: Commits to all of the above, and to the totals.
    """

    snapshot_id: str
    taken_ms: int
    position: str
    customers: int
    depth: int
    root: str
    totals: list[SnapshotTotal]


class ProofSum(Model, frozen=True, kw_only=True):
    asset: str
    atoms: str


class ProofLeaf(Model, frozen=True, kw_only=True):
    """audit_id: The number and the name of your account.
    index: Its bits, from the lowest: 1 where the other child is the left.
    """

    audit_id: str
    salt: str
    index: str
    amounts: list[ProofSum]


class ProofStep(Model, frozen=True, kw_only=True):
    hash: str
    sums: list[ProofSum]


class Proof(Model, frozen=True, kw_only=True):
    """As `docs/verify_liabilities.py` reads it.

    path: The other child on each level, from the leaf up.
    """

    snapshot: Snapshot
    leaf: ProofLeaf
    path: list[ProofStep]


class ReserveLine(Model, frozen=True, kw_only=True):
    """All accounts of a purpose together.

    amount: Below 0 on the side HOUSE is a loss.
    """

    purpose: str
    side: ReserveSide
    amount: str


class ReserveAsset(Model, frozen=True, kw_only=True):
    """`owed` and `house` are what `backing` is.

    owed: To customers, with what they withdraw and is not out yet.
    backing: Bitcoin that is there, dollars that vaults owe, play money.
    house: What is the house's own.
    """

    asset: str
    owed: str
    backing: str
    house: str
    lines: list[ReserveLine]


class ReserveCoin(Model, frozen=True, kw_only=True):
    """An unspent output in a block.

    being_spent: By a transaction that waits for its block.
    """

    txid: str
    vout: int
    amount: str
    address: str
    confirmations: int
    being_spent: bool


class ReserveVaults(Model, frozen=True, kw_only=True):
    vaults: list[ReserveVault]
    next_cursor: str | None


class ReserveWallet(Model, frozen=True, kw_only=True):
    """Of the hot wallet the sum alone is told: its coins lie on addresses of customers.

    wallet: hot or cold
    coins_amount: All of them, deposits on their way too.
    booked: Those that are in the books.
    ledger: What the books say.
    coins: Of cold storage, the largest first, at most 200.
    """

    wallet: str
    coins_count: int
    coins_amount: str
    booked: str
    ledger: str
    coins: list[ReserveCoin]


class VaultCount(Model, frozen=True, kw_only=True):
    status: VaultStatus
    count: int


class VaultTotals(Model, frozen=True, kw_only=True):
    """ratio: Collateral over debt; null without a price, or without debt."""

    by_status: list[VaultCount]
    collateral: str
    debt: str
    ratio: str | None


class Reserves(Model, frozen=True, kw_only=True):
    """At most some seconds old.

    demo: true: play money is among it.
    development_chain: true: its bitcoin is worth nothing.
    snapshot: The newest.
    """

    time_ms: int
    demo: bool
    development_chain: bool
    price: ShownPrice
    assets: list[ReserveAsset]
    wallets: list[ReserveWallet]
    vaults: VaultTotals
    identities: list[Identity]
    snapshot: Snapshot | None


class Snapshots(Model, frozen=True, kw_only=True):
    snapshots: list[Snapshot]
    next_cursor: str | None
