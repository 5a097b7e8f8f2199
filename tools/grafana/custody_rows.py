"""What the dashboard shows of bitcoin and of vaults."""

from tools.grafana.panels import Row, Target, Unit, figure, increase, lines, rate

CUSTODY = Row(
    "Custody",
    [
        lines(
            "Bitcoin in the house's wallets",
            "Coins in blocks: hot, cold; and the collateral of vaults.",
            Target("max by (wallet) (ballast_custody_wallet_sats) / 1e8", "{{wallet}}"),
            Target("max(ballast_vaults_collateral_sats) / 1e8", "vaults"),
            unit=Unit.BITCOIN,
        ),
        lines(
            "Owed and held",
            "What is owed to customers, and what the house has, at the last snapshot of reserves.",
            Target("max by (asset) (ballast_reserves_owed_atoms) / 1e8", "owed {{asset}}"),
            Target("max by (asset) (ballast_reserves_backing_atoms) / 1e8", "held {{asset}}"),
        ),
        lines(
            "Hot wallet",
            "What lies there, what withdrawals want of it, what a refill has to bring, and its cap.",
            Target("max(ballast_custody_hot_sats) / 1e8", "booked"),
            Target("max(ballast_custody_hot_held_sats) / 1e8", "in spends"),
            Target("max(ballast_custody_hot_waiting_sats) / 1e8", "wanted"),
            Target("max(ballast_custody_hot_missing_sats) / 1e8", "missing"),
            Target("max(ballast_custody_hot_cap_sats) / 1e8", "cap"),
            unit=Unit.BITCOIN,
        ),
        lines(
            "Deposits by state",
            "How many are in each state now.",
            Target("max by (state) (ballast_custody_deposits_in_state)", "{{state}}"),
        ),
        lines(
            "Withdrawals by state",
            "How many are under way in each state now.",
            Target("max by (state) (ballast_custody_withdrawals_in_state)", "{{state}}"),
        ),
        lines(
            "What has waited longest",
            "The oldest deposit that is not credited, the oldest withdrawal under way, the oldest approval.",
            Target("max(ballast_custody_deposits_oldest_seconds)", "deposit"),
            Target("max(ballast_custody_withdrawals_oldest_seconds)", "withdrawal"),
            Target('max(ballast_approvals_age_seconds{kind="withdrawals"})', "approval"),
            unit=Unit.SECONDS,
        ),
        lines(
            "Deposits and withdrawals",
            "Steps in the time that is shown.",
            Target(increase("ballast_custody_deposits_total", "event"), "deposits {{event}}"),
            Target(increase("ballast_custody_withdrawals_total", "event"), "withdrawals {{event}}"),
        ),
        lines(
            "Signers",
            "What they said to plans, and whether they answer.",
            Target(
                increase("ballast_custody_signer_answers_total", "role", "outcome"), "{{role}} {{outcome}}"
            ),
            Target("min by (role) (ballast_custody_signer_answers)", "{{role}} answers"),
        ),
        lines(
            "Chain",
            "Blocks that were not told yet, facts that money has not followed, reorganizations.",
            Target("max(ballast_custody_chain_lag)", "behind"),
            Target("max(ballast_custody_chain_waiting)", "waiting facts"),
            Target(increase("ballast_custody_reorg_depth_count"), "reorganizations"),
            Target(increase("ballast_custody_tellings_total", "verdict"), "told: {{verdict}}"),
        ),
        figure("Height", "The newest block.", "max(ballast_custody_chain_height)", unit=Unit.BLOCKS),
        figure(
            "Silent",
            "Since the chain source was asked with success.",
            "max(ballast_custody_chain_silent_seconds)",
            unit=Unit.SECONDS,
            steps={30: "orange", 120: "red"},
        ),
        figure(
            "Blocks told",
            "In the time that is shown.",
            increase("ballast_custody_blocks_total"),
            unit=Unit.BLOCKS,
        ),
        figure(
            "Spends that need a person",
            "Contested, refused or stuck.",
            "max(ballast_custody_withdrawals_troubled_spends)",
            steps={1: "red"},
        ),
        figure(
            "Unexpected spends",
            "Coins of ours that were spent without us.",
            "max(ballast_custody_deposits_unexpected_spends)",
            steps={1: "red"},
        ),
        figure(
            "Age of the reserves snapshot",
            "One is taken each hour.",
            "max(ballast_reserves_age_seconds)",
            unit=Unit.SECONDS,
            steps={7800: "orange", 43200: "red"},
        ),
    ],
)

VAULTS = Row(
    "Vaults",
    [
        lines(
            "Vaults by state",
            "How many are in each state now.",
            Target("max by (state) (ballast_vaults_in_state)", "{{state}}"),
        ),
        lines(
            "Collateral",
            "Of all vaults together.",
            Target("max(ballast_vaults_collateral_sats) / 1e8", "collateral"),
            unit=Unit.BITCOIN,
        ),
        lines(
            "Debt",
            "What all vaults owe, what of it counts against the ceiling, and the ceiling.",
            Target("max(ballast_vaults_debt_atoms) / 1e8", "debt"),
            Target("max(ballast_vaults_ceiling_debt_atoms) / 1e8", "counted"),
            Target("max(ballast_vaults_ceiling_most_atoms) / 1e8", "ceiling"),
            unit=Unit.DOLLARS,
        ),
        lines(
            "Ratios",
            "Of the vault that is nearest to its liquidation, and of all together at the price of now.",
            Target("min(ballast_vaults_lowest_ratio)", "lowest"),
            Target(
                "max(ballast_vaults_collateral_sats) * max(ballast_oracle_price_e8) / 1e8"
                " / (max(ballast_vaults_debt_atoms) > 0)",
                "all",
            ),
            unit=Unit.RATIO,
        ),
        lines(
            "Stability fee",
            "Dollars a second that were booked, and how far booking is behind the clock.",
            Target(f"{rate('ballast_vaults_fee_atoms_total')} / 1e8", "dollars a second"),
            Target(rate("ballast_vaults_accruals_total"), "steps a second"),
            Target("max(ballast_vaults_fee_late_seconds)", "seconds behind"),
        ),
        lines(
            "Overlooked",
            "Vaults that are below their ratio for 30 s and were not told.",
            Target("max(ballast_vaults_scan_overlooked)", "overlooked"),
        ),
    ],
)
