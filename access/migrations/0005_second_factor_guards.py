from django.db import migrations

from access.append_only import AppendOnly

# Whatever path a password changes by (a page, a command, a shell), the change is noted.
_NOTE = """
CREATE FUNCTION ballast_note_password() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO access_securitychange (user_id, kind, at) VALUES (NEW.id, 'PASSWORD', clock_timestamp());
    RETURN NULL;
END $$;
CREATE TRIGGER auth_user_note_password AFTER UPDATE OF password ON auth_user
    FOR EACH ROW WHEN (OLD.password IS DISTINCT FROM NEW.password) EXECUTE FUNCTION ballast_note_password();
"""
_FORGET = "DROP TRIGGER auth_user_note_password ON auth_user; DROP FUNCTION ballast_note_password();"


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_second_factor"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [AppendOnly("access_securitychange"), migrations.RunSQL(_NOTE, _FORGET)]
