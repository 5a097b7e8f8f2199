"""A migration operation that makes a table append-only: PostgreSQL refuses UPDATE, DELETE and TRUNCATE.

Triggers and not privileges, because the embedded server's user owns the tables and is not bound by REVOKE.
"""

from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION ballast_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""
_GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}"
    FOR EACH STATEMENT EXECUTE FUNCTION ballast_append_only();
"""
_UNGUARD = 'DROP TRIGGER {table}_append_only ON "{table}";'


class AppendOnly(migrations.RunSQL):
    """`AppendOnly("app_table")` after the operation that creates the table."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(_FUNCTION + _GUARD.format(table=table), _UNGUARD.format(table=table))

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return (self.__class__.__name__, [self.table], {})
