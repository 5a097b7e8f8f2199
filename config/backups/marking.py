"""What a restored database is told before anybody sees it: withdrawals stop, its other life is fenced off.

What operators had proposed is over: it may have been declined, or carried out, after the snapshot.
"""

from config.backups.manifest import Manifest, is_name

SKIPPED = 1_000  # places of each wallet that may have been given out after the snapshot
RESTORED_STREAM = "restored:"  # see exchange.queue: the stream of before is not applied to it

CLEARING_SQL = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
_SQL = """
SET LOCAL search_path = public;
INSERT INTO custody_walletcounter (wallet, branch, next_index)
VALUES ('hot', 0, 0), ('hot', 1, 0), ('cold', 0, 0)
    ON CONFLICT (wallet, branch) DO NOTHING;
UPDATE custody_withdrawalstop SET ended_at = now(), ended_because = 'Restored again.'
 WHERE cause = 'RESTORED' AND ended_at IS NULL;
WITH stop AS (
    INSERT INTO custody_withdrawalstop (reason, cause, began_at, ended_because)
    VALUES ('Restored from {name}: not yet held against chain and signers.', 'RESTORED', now(), '')
    RETURNING id
)
INSERT INTO custody_restoration (stop_id, backup, snapshot_at, height, skipped, restored_at, report)
SELECT stop.id, '{name}', '{at}'::timestamptz,
       COALESCE((SELECT height FROM custody_chainposition), -1),
       (SELECT COALESCE(jsonb_agg(jsonb_build_array(wallet, branch, next_index)), '[]')
          FROM custody_walletcounter),
       now(), '{{}}'
  FROM stop;
UPDATE custody_walletcounter SET next_index = next_index + {skipped};
UPDATE exchange_shard
   SET stream_generation = '{stream}{name}', stream_id = '0-0', holder = '', lease_expires_at = NULL;
UPDATE access_operatorproposal SET status = 'EXPIRED', decided_at = now() WHERE status = 'OPEN';
DELETE FROM django_session;
"""


def marking_sql(manifest: Manifest) -> str:
    """To be carried out in the transaction that fills the database."""
    assert is_name(manifest.name), manifest.name
    at = manifest.moment.isoformat()
    return _SQL.format(name=manifest.name, at=at, skipped=SKIPPED, stream=RESTORED_STREAM)
