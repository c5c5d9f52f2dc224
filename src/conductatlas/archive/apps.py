from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ArchiveConfig(AppConfig):
    name = "conductatlas.archive"
    label = "archive"
    verbose_name = "Archive"

    def ready(self) -> None:
        from conductatlas.append_only import install

        post_migrate.connect(install, sender=self)
