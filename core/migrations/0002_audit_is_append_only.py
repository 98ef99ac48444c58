from django.db import migrations

# Row triggers, not statement triggers: a TRUNCATE, as the test runner's flush uses, stays possible.
CREATE = """
CREATE FUNCTION core_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are kept for ever: % refused', TG_OP;
END $$;
CREATE TRIGGER core_auditevent_append_only BEFORE UPDATE OR DELETE ON core_auditevent
    FOR EACH ROW EXECUTE FUNCTION core_audit_is_append_only();
"""
DROP = """
DROP TRIGGER core_auditevent_append_only ON core_auditevent;
DROP FUNCTION core_audit_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
