from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0004_judged_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="reading",
            name="links_digest",
            field=models.CharField(max_length=64, null=True),
        ),
    ]
