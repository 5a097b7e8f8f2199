"""The fence that lets only the leader of an epoch write, and triggers that keep history as it was."""

from access.append_only import AppendOnly
from django.db import migrations

FENCE = """
CREATE FUNCTION exchange_advance_shard(
    p_shard integer, p_epoch bigint, p_from bigint, p_to bigint, p_timestamp bigint,
    p_generation text, p_stream_id text, p_lease double precision
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE exchange_shard
       SET sequence = p_to, timestamp_ns = p_timestamp, stream_generation = p_generation,
           stream_id = p_stream_id, lease_expires_at = clock_timestamp() + make_interval(secs => p_lease)
     WHERE number = p_shard AND epoch = p_epoch AND sequence = p_from;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'shard % is led by another epoch than %', p_shard, p_epoch USING ERRCODE = 'BL001';
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.RunSQL(FENCE, "DROP FUNCTION exchange_advance_shard"),
        AppendOnly("exchange_journalentry"),
        AppendOnly("exchange_trade"),
    ]
