"""Sources carry filters, and know from when they stood; some are past ones, declared as history."""

from django.db import migrations, models


def date_replacements(apps, _schema_editor):
    """A source made after another of its place was retired took that place then."""
    Source = apps.get_model("catalogue", "Source")
    followed = Source.objects.exclude(retired_at=None).values_list("document_id", "position").distinct()
    for document, position in followed:
        in_place = Source.objects.filter(document_id=document, position=position)
        for source in in_place.order_by("pk"):
            earlier = (
                in_place.filter(pk__lt=source.pk).exclude(retired_at=None).order_by("-retired_at").first()
            )
            if earlier is not None:
                Source.objects.filter(pk=source.pk).update(declared_at=earlier.retired_at)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="source",
            name="filters",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="source",
            name="is_past",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="source",
            name="declared_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(date_replacements, migrations.RunPython.noop),
    ]
