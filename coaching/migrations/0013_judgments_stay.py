import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("coaching", "0012_closing_and_survey"), ("people", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="healthjudgment",
            name="partner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.organization",
            ),
        ),
        migrations.RunSQL(
            "UPDATE coaching_healthjudgment SET partner_id = coaching_engagement.partner_id "
            "FROM coaching_engagement WHERE coaching_engagement.id = coaching_healthjudgment.engagement_id",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="healthjudgment",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organization"
            ),
        ),
    ]
