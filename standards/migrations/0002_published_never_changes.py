from django.db import migrations

GUARD = """
CREATE FUNCTION standards_refuse_published(standard uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM standards_standard s WHERE s.id = standard AND s.published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a published standard never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;

CREATE FUNCTION standards_guard_standard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM standards_refuse_published(OLD.id);
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION standards_guard_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM standards_refuse_published(OLD.standard_id); END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    PERFORM standards_refuse_published(NEW.standard_id);
    RETURN NEW;
END $$;

CREATE FUNCTION standards_guard_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM standards_refuse_published(c.standard_id)
        FROM standards_criterion c WHERE c.id = OLD.criterion_id;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    PERFORM standards_refuse_published(c.standard_id)
    FROM standards_criterion c WHERE c.id = NEW.criterion_id;
    RETURN NEW;
END $$;

CREATE TRIGGER published_never_changes BEFORE UPDATE OR DELETE ON standards_standard
    FOR EACH ROW EXECUTE FUNCTION standards_guard_standard();
CREATE TRIGGER published_never_changes BEFORE INSERT OR UPDATE OR DELETE ON standards_practicearea
    FOR EACH ROW EXECUTE FUNCTION standards_guard_part();
CREATE TRIGGER published_never_changes BEFORE INSERT OR UPDATE OR DELETE ON standards_criterion
    FOR EACH ROW EXECUTE FUNCTION standards_guard_part();
CREATE TRIGGER published_never_changes BEFORE INSERT OR UPDATE OR DELETE ON standards_level
    FOR EACH ROW EXECUTE FUNCTION standards_guard_part();
CREATE TRIGGER published_never_changes BEFORE INSERT OR UPDATE OR DELETE ON standards_check
    FOR EACH ROW EXECUTE FUNCTION standards_guard_check();
"""

UNGUARD = """
DROP TRIGGER published_never_changes ON standards_check;
DROP TRIGGER published_never_changes ON standards_level;
DROP TRIGGER published_never_changes ON standards_criterion;
DROP TRIGGER published_never_changes ON standards_practicearea;
DROP TRIGGER published_never_changes ON standards_standard;
DROP FUNCTION standards_guard_check();
DROP FUNCTION standards_guard_part();
DROP FUNCTION standards_guard_standard();
DROP FUNCTION standards_refuse_published(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("standards", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
