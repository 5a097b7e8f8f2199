"""What the database itself refuses, to a superuser too: history rewritten, accounts recast, assets mixed."""

from access.append_only import AppendOnly
from django.db import migrations

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the ledger only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'BL100';
END $$;

CREATE TRIGGER ledger_no_removal BEFORE DELETE OR TRUNCATE ON ledger_pendingtransfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_no_removal BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_no_removal BEFORE DELETE OR TRUNCATE ON ledger_asset
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- OF: an update that names only balances never meets these triggers, so the engine does not pay for them.
CREATE TRIGGER ledger_identity BEFORE UPDATE OF id, owner_id, asset_id, purpose, shard, created_at
    ON ledger_account FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_identity BEFORE UPDATE OF code, decimals
    ON ledger_asset FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
"""

DROP_REFUSE = """
DROP TRIGGER ledger_no_removal ON ledger_pendingtransfer;
DROP TRIGGER ledger_no_removal ON ledger_account;
DROP TRIGGER ledger_no_removal ON ledger_asset;
DROP TRIGGER ledger_identity ON ledger_account;
DROP TRIGGER ledger_identity ON ledger_asset;
DROP FUNCTION ledger_refuse;
"""

PENDING = """
CREATE FUNCTION ledger_guard_pending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'PENDING' THEN
        RAISE EXCEPTION 'pending transfer % is already %', OLD.id, OLD.status USING ERRCODE = 'BL102';
    END IF;
    IF (NEW.id, NEW.debit_id, NEW.credit_id, NEW.amount_atoms, NEW.code, NEW.key, NEW.reference, NEW.created_at)
       IS DISTINCT FROM
       (OLD.id, OLD.debit_id, OLD.credit_id, OLD.amount_atoms, OLD.code, OLD.key, OLD.reference, OLD.created_at)
       OR NEW.expires_at IS DISTINCT FROM OLD.expires_at THEN
        RAISE EXCEPTION 'pending transfer %: only its end may be written', OLD.id USING ERRCODE = 'BL100';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_pending_life BEFORE UPDATE ON ledger_pendingtransfer
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_pending();

CREATE FUNCTION ledger_lock_pending(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM ledger_pendingtransfer WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM unnest(ids) AS i(id) WHERE NOT EXISTS (
                   SELECT FROM ledger_pendingtransfer AS p WHERE p.id = i.id)) THEN
        RAISE EXCEPTION 'a pending transfer of % does not exist', ids USING ERRCODE = 'BL101';
    END IF;
END $$;
"""

DROP_PENDING = """
DROP TRIGGER ledger_pending_life ON ledger_pendingtransfer;
DROP FUNCTION ledger_guard_pending;
DROP FUNCTION ledger_lock_pending;
"""

ONE_ASSET = """
CREATE FUNCTION ledger_require_one_asset() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE offender record;
BEGIN
    SELECT n.key, n.debit_id, n.credit_id INTO offender
      FROM appended AS n
      LEFT JOIN ledger_account AS d ON d.id = n.debit_id
      LEFT JOIN ledger_account AS c ON c.id = n.credit_id
     WHERE (d.asset_id = c.asset_id) IS NOT TRUE
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transfer %: accounts % and % do not both exist with one asset',
            offender.key, offender.debit_id, offender.credit_id USING ERRCODE = 'BL103';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_one_asset AFTER INSERT ON ledger_transfer
    REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION ledger_require_one_asset();
CREATE TRIGGER ledger_one_asset AFTER INSERT ON ledger_pendingtransfer
    REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION ledger_require_one_asset();
"""

DROP_ONE_ASSET = """
DROP TRIGGER ledger_one_asset ON ledger_transfer;
DROP TRIGGER ledger_one_asset ON ledger_pendingtransfer;
DROP FUNCTION ledger_require_one_asset;
"""

# Room on each page for the next version of a balance keeps its updates out of the indexes.
ROOM = "ALTER TABLE ledger_account SET (fillfactor = 50)"
NO_ROOM = "ALTER TABLE ledger_account RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        AppendOnly("ledger_transfer"),
        migrations.RunSQL(REFUSE, DROP_REFUSE),
        migrations.RunSQL(PENDING, DROP_PENDING),
        migrations.RunSQL(ONE_ASSET, DROP_ONE_ASSET),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
