from django.apps import AppConfig
from django.db.models.signals import post_migrate


class HistoryConfig(AppConfig):
    name = "conductatlas.history"
    label = "history"
    verbose_name = "History"

    def ready(self) -> None:
        from conductatlas.append_only import install
        from conductatlas.history import leaves  # noqa: F401 (makes its kinds known to the ledger)

        post_migrate.connect(install, sender=self)
