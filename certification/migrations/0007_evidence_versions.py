import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certification", "0006_appeals")]

    operations = [
        migrations.AddField("evidence", "chain", models.UUIDField(null=True)),
        migrations.RunSQL("UPDATE certification_evidence SET chain = id", migrations.RunSQL.noop),
        migrations.AlterField("evidence", "chain", models.UUIDField(default=uuid.uuid4, db_index=True)),
        migrations.AddField("evidence", "version", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField(
            "evidence",
            "rested",
            models.ManyToManyField("certification.Response", related_name="former_evidence", blank=True),
        ),
        migrations.AddConstraint(
            "evidence",
            models.UniqueConstraint(fields=["chain", "version"], name="evidence_one_of_each_version"),
        ),
    ]
