from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certification", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(name="certificate", options={"ordering": ["-announced_on", "-number"]}),
        migrations.AddField(model_name="response", name="revision_note", field=models.TextField(blank=True)),
    ]
